/** Finds the texts of errors and of the console in the client's sources. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** Functions of the sources that create or report an error with a text. */
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
 * @property {string} text the text, with `…` for each expression
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
      texts.push(...textsOf(node.arguments?.[position]));
    } else if (ts.isCallExpression(node) && MAKERS.has(node.expression.getText())) {
      texts.push(...node.arguments.flatMap((argument) => textsOf(argument)));
    } else if (inPart && ts.isReturnStatement(node)) {
      texts.push(...textsOf(node.expression));
    } else if (
      // The fault of a message, which the decoder reports.
      ts.isVariableDeclaration(node) &&
      node.name.getText() === "fault" &&
      node.initializer &&
      ts.isStringLiteralLike(node.initializer)
    ) {
      texts.push(...textsOf(node.initializer));
    }
    const part = inPart || (ts.isFunctionDeclaration(node) && PARTS.has(node.name?.text ?? ""));
    ts.forEachChild(node, (child) => visit(child, part));
  };
  visit(tree);
  return texts;
}

/**
 * Returns the possible texts of an expression, with `…` for unknown parts.
 *
 * @param {ts.Expression | undefined} expression
 * @returns {string[]}
 */
function textsOf(expression) {
  if (!expression) return [];
  if (ts.isConditionalExpression(expression)) {
    return [...textsOf(expression.whenTrue), ...textsOf(expression.whenFalse)];
  }
  if (
    ts.isBinaryExpression(expression) &&
    expression.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken
  ) {
    return [...textsOf(expression.left), ...textsOf(expression.right)];
  }
  const text = textOf(expression)
    .replace(/^\[shiny-comm\]\s*/, "")
    .replace(/…[\s…]*…/g, "…")
    .trim();
  // A text without words, or with only the id of a comm, precedes other errors.
  return /\p{L}{2}/u.test(text.replace(/^comm …:/, "")) ? [text] : [];
}

/** @param {ts.Expression} expression @returns {string} */
function textOf(expression) {
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
    return textOf(expression.left) + textOf(expression.right);
  }
  if (ts.isParenthesizedExpression(expression)) return textOf(expression.expression);
  return "…";
}
