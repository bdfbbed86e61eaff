"""Go: modules, measured by go's own commands and the binaries that they build."""
