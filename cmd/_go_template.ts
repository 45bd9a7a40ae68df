/**
 * Go templates that people give on the command line, over releases and
 * versions.
 *
 * Source: Helm 2.17.0, `cmd/helm/printer.go` (`tpl`).
 *
 * @module
 */
