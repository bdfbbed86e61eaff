// What node's own test runner says, as lines of JSON: one for each start and end of a test, and one for the end of the run.
export default async function* (source) {
  for await (const { type, data = {} } of source) {
    if (type === "test:start" || type === "test:pass" || type === "test:fail") {
      const { name, nesting, file, skip, todo, details } = data;
      const suite = details?.type === "suite";
      const error = details?.error?.cause ?? details?.error;
      const said = error === undefined ? undefined : `${error?.name ?? "Error"}: ${error?.message ?? error}`.slice(0, 2000);
      yield `${JSON.stringify({ event: type.slice(5), name, nesting, file, suite, skip: skip !== undefined, todo: todo !== undefined, said })}\n`;
    }
  }
  yield `${JSON.stringify({ event: "end" })}\n`;
}
