"""Which environment variables may be handed on by name: those that carry facts, never those that put other code in place of what was asked for."""

import re
from typing import Final

_FORM = re.compile(r"[A-Z_][A-Z0-9_]*", re.ASCII)
_LONGEST: Final = 128  # characters

_PROGRAMS: Final = "it says which programs and libraries are run"
_SHELL: Final = "it changes how a shell reads its commands"
_CODE: Final = "it makes an interpreter load other code"
_GIT: Final = "it changes which repository git works on and what git runs"

_NAMES: Final = {
    **dict.fromkeys(("PATH", "PATHEXT", "COMSPEC", "SHELL", "GCONV_PATH", "LOCPATH", "NLSPATH", "HOSTALIASES"), _PROGRAMS),
    **dict.fromkeys(("EDITOR", "VISUAL", "PAGER", "BROWSER", "LESSOPEN", "LESSCLOSE", "SSH_ASKPASS", "SUDO_ASKPASS"), _PROGRAMS),
    **dict.fromkeys(
        ("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "XDG_CONFIG_HOME", "XDG_DATA_HOME"), "it moves where every program looks for its files"
    ),
    **dict.fromkeys(("IFS", "ENV", "BASH_ENV", "BASHOPTS", "SHELLOPTS", "CDPATH", "GLOBIGNORE", "PROMPT_COMMAND", "PS4", "ZDOTDIR"), _SHELL),
    **dict.fromkeys(
        ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONUSERBASE", "PYTHONPLATLIBDIR", "PYTHONEXECUTABLE", "PYTHONBREAKPOINT"), _CODE
    ),
    **dict.fromkeys(("PYTHONINSPECT", "PYTHONWARNINGS", "PYTHONPYCACHEPREFIX", "PYTHONSAFEPATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"), _CODE),
    **dict.fromkeys(("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "COVERAGE_PROCESS_START", "COVERAGE_RCFILE"), _CODE),
    **dict.fromkeys(("NODE_OPTIONS", "NODE_PATH", "NODE_REPL_EXTERNAL_MODULE", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "GOFLAGS"), _CODE),
    **dict.fromkeys(("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH", "LUA_INIT", "PHPRC", "PHP_INI_SCAN_DIR"), _CODE),
    **dict.fromkeys(("PERL5OPT", "PERL5LIB", "PERL5DB", "PERLLIB", "RUBYOPT", "RUBYLIB", "GEM_PATH", "GEM_HOME", "MAKEFLAGS"), _CODE),
}
_BEGINNINGS: Final = {"LD_": _PROGRAMS, "DYLD_": _PROGRAMS, "BASH_FUNC_": _SHELL, "GIT_": _GIT}


def refused_name(name: str) -> str | None:
    """Why a variable of this name may not be handed on, worded to stand after "because", or None where it may."""
    if len(name) > _LONGEST:
        return f"it is longer than {_LONGEST} characters"
    if not _FORM.fullmatch(name):
        return "a name is made of capital letters, digits and _, and starts with no digit"
    if name in _NAMES:
        return _NAMES[name]
    return next((reason for beginning, reason in _BEGINNINGS.items() if name.startswith(beginning)), None)
