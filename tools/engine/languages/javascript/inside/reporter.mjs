// What node's own test runner says, as lines of JSON: one for each start and end of a test, and one for the end of the run.
export default async function* (source) {
  for await (const { type, data = {} } of source) {
    if (type === "test:start" || type === "test:pass" || type === "test:fail") {
      const { name, nesting, file, skip, todo, details } = data;
      const suite = details?.type === "suite";
      yield `${JSON.stringify({ event: type.slice(5), name, nesting, file, suite, skip: skip !== undefined, todo: todo !== undefined })}\n`;
    }
  }
  yield `${JSON.stringify({ event: "end" })}\n`;
}
