/** Finds the values that an entry of the package exports, with the `@example`s of their docstrings. */
import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/**
 * @typedef {object} Documented
 * @property {string} name the name of the export
 * @property {string[]} examples the code of each `@example`
 */

/**
 * Returns the exported functions, classes and constants of an entry. The entry re-exports names only.
 *
 * @param {string} entry the source file of the entry
 * @returns {Documented[]}
 */
export function exportedValues(entry) {
  return parse(entry).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || statement.isTypeOnly) return [];
    const { exportClause, moduleSpecifier } = statement;
    if (!exportClause || !ts.isNamedExports(exportClause) || !moduleSpecifier) return [];
    const from = /** @type {ts.StringLiteral} */ (moduleSpecifier).text.replace(/\.js$/, ".ts");
    const source = parse(path.join(path.dirname(entry), from));
    return exportClause.elements
      .filter(({ isTypeOnly }) => !isTypeOnly)
      .map(({ name }) => ({ name: name.text, examples: examplesOf(source, name.text) }))
      .filter(({ name }) => isValue(source, name));
  });
}

/** @param {string} file */
function parse(file) {
  return ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
}

/** @param {ts.SourceFile} source @param {string} name @returns {ts.Statement[]} */
function declarationsOf(source, name) {
  return source.statements.filter((statement) => {
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.some(({ name: id }) => id.getText() === name);
    }
    return (
      "name" in statement && /** @type {ts.DeclarationStatement} */ (statement).name?.text === name
    );
  });
}

/** @param {ts.SourceFile} source @param {string} name */
function isValue(source, name) {
  return declarationsOf(source, name).some(
    (node) =>
      ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node) || ts.isVariableStatement(node),
  );
}

/** @param {ts.SourceFile} source @param {string} name */
function examplesOf(source, name) {
  return declarationsOf(source, name).flatMap((node) => {
    const [range] = (ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? []).slice(-1);
    const comment = range ? source.text.slice(range.pos, range.end) : "";
    const text = comment.replace(/^ *\* ?/gm, "");
    return [...text.matchAll(/^@example\n```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  });
}
