/** Finds, in the client's sources, the texts of the errors it throws or reports and of what it writes to the console. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** Functions of the sources that make an error of a text, or report one. */
const MAKERS = new Set([
  "fail",
  "invalid",
  "wrong",
  "console.warn",
  "console.error",
  "console.info",
]);

/** Functions that return a part of an error's text. */
const PARTS = new Set(["faultIn"]);

/**
 * @typedef {object} ErrorText
 * @property {string} text what stands in the place of an expression is `…`
 * @property {string} file
 */

/**
 * @param {string} folder of the sources
 * @returns {ErrorText[]} each text once, in the order of the files
 */
export function errorTexts(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .sort();
  /** @type {Map<string, ErrorText>} */
  const found = new Map();
  for (const file of files) {
    const source = readFileSync(path.join(folder, file), "utf8");
    const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
    for (const text of textsIn(tree)) {
      if (!found.has(text)) found.set(text, { text, file });
    }
  }
  return [...found.values()];
}

/** Returns the texts of the union type `CommErrorCode` in a file. @param {string} file */
export function errorCodes(file) {
  const tree = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  return tree.statements.flatMap((statement) =>
    ts.isTypeAliasDeclaration(statement) &&
    statement.name.text === "CommErrorCode" &&
    ts.isUnionTypeNode(statement.type)
      ? statement.type.types.map((type) => JSON.parse(type.getText()))
      : [],
  );
}

/** @param {ts.SourceFile} tree @returns {string[]} */
function textsIn(tree) {
  /** @type {string[]} */
  const texts = [];
  const visit = (/** @type {ts.Node} */ node, inPart = false) => {
    if (ts.isNewExpression(node) && /Error$/.test(node.expression.getText())) {
      // The first argument of a CommError is its code.
      const position = node.expression.getText() === "CommError" ? 1 : 0;
      texts.push(...spokenIn(node.arguments?.[position]));
    } else if (ts.isCallExpression(node) && MAKERS.has(node.expression.getText())) {
      texts.push(...node.arguments.flatMap((argument) => spokenIn(argument)));
    } else if (inPart && ts.isReturnStatement(node)) {
      texts.push(...spokenIn(node.expression));
    }
    const part = inPart || (ts.isFunctionDeclaration(node) && PARTS.has(node.name?.text ?? ""));
    ts.forEachChild(node, (child) => visit(child, part));
  };
  visit(tree);
  return texts;
}

/**
 * The texts that an expression may be, as far as they stand in it.
 *
 * @param {ts.Expression | undefined} expression
 * @returns {string[]}
 */
function spokenIn(expression) {
  if (!expression) return [];
  if (ts.isConditionalExpression(expression)) {
    return [...spokenIn(expression.whenTrue), ...spokenIn(expression.whenFalse)];
  }
  if (
    ts.isBinaryExpression(expression) &&
    expression.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken
  ) {
    return [...spokenIn(expression.left), ...spokenIn(expression.right)];
  }
  const text = written(expression)
    .replace(/^\[shiny-comm\]\s*/, "")
    .replace(/…[\s…]*…/g, "…")
    .trim();
  // What has no word of its own, or only names a comm, stands in front of other errors.
  return /\p{L}{2}/u.test(text.replace(/^comm …:/, "")) ? [text] : [];
}

/** @param {ts.Expression} expression @returns {string} */
function written(expression) {
  if (ts.isStringLiteralLike(expression)) return expression.text;
  if (ts.isTemplateExpression(expression)) {
    return expression.templateSpans.reduce(
      (text, span) => `${text}…${span.literal.text}`,
      expression.head.text,
    );
  }
  if (
    ts.isBinaryExpression(expression) &&
    expression.operatorToken.kind === ts.SyntaxKind.PlusToken
  ) {
    return written(expression.left) + written(expression.right);
  }
  if (ts.isParenthesizedExpression(expression)) return written(expression.expression);
  return "…";
}
