// What the TypeScript compiler of a project says of its calls: one JSON line for each that leads to a function of the tree.
//
// node ecmascript_compiler.cjs ROOT < paths, one a line, relative to the root
//
// A line has the form of the tracer's: caller and callee as [path, first line, name], the place as [line, last line,
// column, last column] (columns in bytes), whether it is a call. What has no name is written <lambda>, a file <module>.
"use strict";
const fs = require("fs");
const path = require("path");
const { createRequire } = require("module");

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
    const isWhole = parent.left.getText() === "module.exports"; // what is offered in place of a module names itself
    if (isWhole && node.name) return { name: text(node.name), at: parent };
    if (ts.isPropertyAccessExpression(parent.left)) return { name: text(parent.left.name), at: parent };
    if (ts.isIdentifier(parent.left)) return { name: text(parent.left), at: parent };
  }
  return node.name ? { name: text(node.name), at: node } : undefined; // for itself alone
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

function whole(checker, declaration) {
  // The first declaration of an overloaded function: all of them are one function.
  const symbol = declaration.name ? checker.getSymbolAtLocation(declaration.name) : declaration.symbol;
  const isOwn = (one) => one.parent === declaration.parent && isFunction(one) && !ts.isAccessor(one);
  return ((symbol && symbol.declarations) || []).find(isOwn) || declaration;
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

function uses(node) {
  // Whether a property is read, and whether it is written.
  const parent = node.parent;
  if (ts.isDeleteExpression(parent)) return [false, false];
  const steps = [ts.SyntaxKind.PlusPlusToken, ts.SyntaxKind.MinusMinusToken];
  if ((ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) && steps.includes(parent.operator)) return [true, true];
  if (!ts.isBinaryExpression(parent) || parent.left !== node) return [true, false];
  const kind = parent.operatorToken.kind;
  if (kind === ts.SyntaxKind.EqualsToken) return [false, true];
  return [true, kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment];
}

function visit(checker, node) {
  if (ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isTaggedTemplateExpression(node) || ts.isJsxOpeningLikeElement(node)) {
    const signature = checker.getResolvedSignature(node);
    const declaration = signature && signature.declaration;
    if (declaration && declaration.kind !== ts.SyntaxKind.JSDocSignature) {
      write(node.expression || node.tag || node.tagName, whole(checker, declaration), true);
    }
  } else if (ts.isPropertyAccessExpression(node)) {
    const symbol = checker.getSymbolAtLocation(node.name);
    const declarations = (symbol && symbol.declarations) || [];
    const [reads, writes] = uses(node);
    write(node, reads && declarations.find(ts.isGetAccessorDeclaration), false);
    write(node, writes && declarations.find(ts.isSetAccessorDeclaration), false);
  }
  ts.forEachChild(node, (child) => visit(checker, child));
}

function hostOf(options) {
  // Where the tree has both what runs and a declaration of it, JavaScript means what runs, in the index as well.
  const host = ts.createCompilerHost(options);
  const cache = ts.createModuleResolutionCache(root, (name) => name, options);
  host.resolveModuleNameLiterals = (literals, containing, redirected, _options, source) =>
    literals.map((literal) => {
      const mode = ts.getModeForUsageLocation(source, literal, options);
      const found = ts.resolveModuleName(literal.text, containing, options, host, cache, redirected, mode);
      const to = found.resolvedModule;
      const isDeclared = to && /\.d\.[cm]?ts$/.test(to.resolvedFileName) && wanted.has(to.resolvedFileName);
      if (isDeclared && /\.[cm]?jsx?$/.test(containing)) {
        const runs = running(literal.text, containing) || beside(to.resolvedFileName);
        if (runs) return { resolvedModule: { ...to, resolvedFileName: runs, extension: path.extname(runs) } };
      }
      return found;
    });
  return host;
}

function running(name, containing) {
  // The file of the tree that the runtime loads for a name; undefined if that is none.
  try {
    const found = fs.realpathSync(createRequire(containing).resolve(name));
    return wanted.has(found) && !/\.d\.[cm]?ts$/.test(found) && /\.[cm]?[jt]sx?$/.test(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function beside(declaration) {
  // The file of the tree that a declaration file declares; undefined if it has none.
  const stem = declaration.replace(/\.d\.[cm]?ts$/, "");
  return [".js", ".mjs", ".cjs", ".jsx"].map((suffix) => stem + suffix).find((file) => wanted.has(file));
}

for (const [config, names] of byConfig) {
  const options = optionsOf(config);
  const program = ts.createProgram(names, options, hostOf(options));
  const checker = program.getTypeChecker();
  for (const name of names) {
    const source = program.getSourceFile(name);
    if (source) visit(checker, source);
  }
}
