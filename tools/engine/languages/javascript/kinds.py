"""What sort of project a package is, and what it is built with."""

from collections.abc import Mapping
from typing import Any, Final

from tools.engine.languages.javascript.package_json import dependencies_of
from tools.engine.languages.survey import Project

# Names of packages, with the frameworks that they stand for and the kind of project that uses them.
_DESKTOP: Final = {"electron": "Electron", "@tauri-apps/api": "Tauri"}
_WEB_APPLICATION: Final = {
    "next": "Next.js", "nuxt": "Nuxt", "@sveltejs/kit": "SvelteKit", "@remix-run/react": "Remix", "astro": "Astro", "gatsby": "Gatsby",
    "react-dom": "React", "vue": "Vue", "svelte": "Svelte", "@angular/core": "Angular", "solid-js": "Solid", "preact": "Preact", "lit": "Lit",
}  # fmt: skip
_WEB_SERVICE: Final = {
    "express": "Express", "fastify": "Fastify", "koa": "Koa", "@nestjs/core": "NestJS", "hono": "Hono", "@hapi/hapi": "hapi",
    "@apollo/server": "Apollo",
}  # fmt: skip
_COMMAND_LINE: Final = {"commander": "Commander", "yargs": "yargs", "@oclif/core": "oclif", "cac": "cac", "ink": "Ink"}
_PLUGIN: Final = {"vscode": "VS Code"}
_KINDS: Final = (("desktop", _DESKTOP), ("web service", _WEB_SERVICE), ("web application", _WEB_APPLICATION))


def frameworks_of(package: Mapping[str, Any]) -> tuple[str, ...]:
    """The frameworks that the package asks for."""
    asked = dependencies_of(package)
    tables = (_DESKTOP, _WEB_APPLICATION, _WEB_SERVICE, _COMMAND_LINE)
    return tuple(framework for table in tables for name, framework in table.items() if name in asked)


def kind_of(package: Mapping[str, Any], project: Project) -> str:
    """What sort of project it is: by workspaces, editor, frameworks, commands, or what it exports; empty where nothing tells."""
    if package.get("workspaces") or "pnpm-workspace.yaml" in project.files:
        return "monorepo"
    engines = package.get("engines")
    if isinstance(engines, dict) and _PLUGIN.keys() & engines.keys():
        return "plugin"
    if package.get("bin"):
        return "command line"
    # What a library is tested with is among the development dependencies: only what it runs with says what it is.
    used = package.get("dependencies")
    asked = used.keys() if isinstance(used, dict) else ()
    for kind, table in _KINDS:
        if table.keys() & set(asked) or (kind == "desktop" and table.keys() & dependencies_of(package)):
            return kind
    return "library" if package.get("main") or package.get("exports") or package.get("module") else ""
