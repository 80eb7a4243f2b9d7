// What the TypeScript compiler of a project says of its calls: one JSON line for each that leads to a function of the tree.
//
// node ecmascript_compiler.cjs ROOT < paths, one a line, relative to the root
//
// A line has the form of the tracer's: caller and callee as [path, first line, name], the place as [line, last line,
// column, last column] (columns in bytes), whether it is a call. What has no name is written <lambda>, a file <module>.
"use strict";
const fs = require("fs");
const path = require("path");

const root = fs.realpathSync(process.argv[2]);
let ts;
try {
  ts = require(require.resolve("typescript", { paths: [root] }));
} catch (error) {
  process.stderr.write("no compiler\n");
  process.exit(3);
}
ts.sys.write = (text) => process.stderr.write(text); // standard output is for the calls alone
const files = fs.readFileSync(0, "utf8").split("\n").filter(Boolean);
const wanted = new Map(files.map((file) => [path.join(root, file), file]));

// Files by the nearest configuration above them.
const byConfig = new Map();
const nearest = new Map();
function configOf(folder) {
  if (!nearest.has(folder)) {
    const own = ["tsconfig.json", "jsconfig.json"].map((name) => path.join(folder, name)).find((file) => fs.existsSync(file));
    nearest.set(folder, own || (folder === root || folder.length < root.length ? "" : configOf(path.dirname(folder))));
  }
  return nearest.get(folder);
}
for (const file of wanted.keys()) {
  const config = configOf(path.dirname(file));
  if (!byConfig.has(config)) byConfig.set(config, []);
  byConfig.get(config).push(file);
}

function optionsOf(config) {
  const found = config ? ts.getParsedCommandLineOfConfigFile(config, {}, { ...ts.sys, onUnRecoverableConfigFileDiagnostic() {} }) : null;
  const options = found ? found.options : { target: ts.ScriptTarget.Latest, moduleResolution: ts.ModuleResolutionKind.NodeJs || 2, jsx: 1 };
  return { ...options, allowJs: true, checkJs: false, noEmit: true, skipLibCheck: true, composite: false, incremental: false, traceResolution: false };
}

function named(node) {
  // The name and the node under which the index knows a function; undefined for one without a name.
  const text = (name) => (name && (name.text !== undefined ? String(name.text) : name.getText())) || undefined;
  if (ts.isConstructorDeclaration(node)) return { name: "constructor", at: node };
  if (node.name && !ts.isFunctionExpression(node)) return { name: text(node.name), at: node };
  if (ts.isFunctionDeclaration(node)) return { name: "default", at: node };
  let parent = node.parent;
  while (ts.isParenthesizedExpression(parent) || ts.isAsExpression(parent)) parent = parent.parent;
  if (ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name)) return { name: text(parent.name), at: parent };
  if (ts.isPropertyDeclaration(parent) || ts.isPropertyAssignment(parent)) return { name: text(parent.name), at: parent };
  if (ts.isExportAssignment(parent)) return { name: "default", at: parent };
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken) {
    if (ts.isPropertyAccessExpression(parent.left)) return { name: text(parent.left.name), at: parent };
    if (ts.isIdentifier(parent.left)) return { name: text(parent.left), at: parent };
  }
  return undefined;
}

function isFunction(node) {
  return ts.isFunctionLike(node) && node.kind !== ts.SyntaxKind.FunctionType && node.kind !== ts.SyntaxKind.ConstructorType;
}

function lineOf(source, position) {
  return source.getLineAndCharacterOfPosition(position).line + 1;
}

function described(node) {
  const source = node.getSourceFile();
  const file = wanted.get(source.fileName);
  const found = file === undefined ? undefined : named(node);
  return found && found.name ? [file, lineOf(source, found.at.getStart(source)), found.name] : undefined;
}

function callerOf(node) {
  const source = node.getSourceFile();
  for (let up = node.parent; up; up = up.parent) {
    if (ts.isPropertyDeclaration(up) && !isFunction(node)) {
      let inner = node;
      while (inner !== up && !isFunction(inner)) inner = inner.parent;
      if (inner === up) return undefined; // runs with the class, not in a function
    }
    if (isFunction(up)) {
      const found = described(up);
      if (found) return found;
    }
  }
  return [wanted.get(source.fileName), 1, "<module>"];
}

function implementation(checker, declaration) {
  // The declaration of an overloaded function that has a body.
  if (declaration.body || !declaration.name) return declaration;
  const symbol = checker.getSymbolAtLocation(declaration.name);
  const own = ((symbol && symbol.declarations) || []).find((one) => one.body && one.kind === declaration.kind);
  return own || declaration;
}

function place(node) {
  const source = node.getSourceFile();
  const [start, end] = [node.getStart(source), node.getEnd()].map((at) => {
    const where = source.getLineAndCharacterOfPosition(at);
    return [where.line + 1, Buffer.byteLength(source.text.slice(at - where.character, at))];
  });
  return [start[0], end[0], start[1], end[1]];
}

function write(node, target, isCall) {
  const callee = target && isFunction(target) ? described(target) : undefined;
  const caller = callee && callerOf(node);
  if (caller) process.stdout.write(JSON.stringify({ caller, callee, at: place(node), is_call: isCall, count: 1 }) + "\n");
}

function visit(checker, node) {
  if (ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isTaggedTemplateExpression(node) || ts.isJsxOpeningLikeElement(node)) {
    const signature = checker.getResolvedSignature(node);
    const declaration = signature && signature.declaration;
    if (declaration && declaration.kind !== ts.SyntaxKind.JSDocSignature) {
      write(node.expression || node.tag || node.tagName, implementation(checker, declaration), true);
    }
  } else if (ts.isPropertyAccessExpression(node)) {
    const symbol = checker.getSymbolAtLocation(node.name);
    const accessor = symbol && (symbol.declarations || []).find(ts.isGetAccessorDeclaration);
    if (accessor) write(node, accessor, false);
  }
  ts.forEachChild(node, (child) => visit(checker, child));
}

for (const [config, names] of byConfig) {
  const program = ts.createProgram(names, optionsOf(config));
  const checker = program.getTypeChecker();
  for (const name of names) {
    const source = program.getSourceFile(name);
    if (source) visit(checker, source);
  }
}
