// What the package exports, read from the sources' types and docstrings, as the page docs/api.md.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript-api";
import * as examples from "./apiExamples.mjs";
import { root } from "./shell.mjs";

const modules = [
  ["monge", "src/package/web.ts", examples.monge],
  ["monge/nn", "src/face/allNn.ts", examples.nn],
  ["monge/wgan", "src/wgan/index.ts", examples.wgan],
];

const intro = readFileSync(join(root, "scripts/apiIntro.md"), "utf8");

/** The page, the exports and public methods that have no docstring, and the names of the values of each module. */
export function api() {
  const { config } = ts.readConfigFile(join(root, "tsconfig.package.json"), ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(fileNames, options);
  const page = new Page(program.getTypeChecker(), program.getSourceFile(join(root, "src/face/all.ts")));
  const values = {};
  for (const [name, path, lines] of modules) {
    const file = program.getSourceFile(join(root, path));
    values[name] = page.module(name, file, lines);
  }
  return { markdown: [intro, ...page.parts].join("\n"), missing: page.missing, values };
}

const oneLine = (text) =>
  text
    .replace(/\/\*\*[\s\S]*?\*\//g, " ")
    .replace(/\s+/g, " ")
    .replace(/([([]) /g, "$1")
    .replace(/,? ([)\]])/g, "$1")
    .trim();
const isHidden = (node) =>
  (ts.getCombinedModifierFlags(node) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected)) !== 0 ||
  (node.name && ts.isPrivateIdentifier(node.name));

class Page {
  parts = [];
  missing = [];
  exported = new Set();
  /** What signatures name and no module exports, each told once on the page. */
  taken = new Set();
  told = new Set();

  /** `face` is the file with every name of the public face, unchecked. */
  constructor(checker, face) {
    this.checker = checker;
    this.face = face;
  }

  /** What an export stands for. A checked function is a value of a table: its docstring is the unchecked one's. */
  target(symbol) {
    const { checker } = this;
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const isChecked = target.declarations[0].getSourceFile().fileName.endsWith("/src/face/index.ts");
    const plain =
      isChecked && checker.tryGetMemberInModuleExports(symbol.name, checker.getSymbolAtLocation(this.face));
    return plain ? this.target(plain) : target;
  }

  /** Writes down a module, in the order of its files; gives the names of its values. */
  module(name, file, lines) {
    const { checker } = this;
    const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(file)).map((symbol) => {
      const target = this.target(symbol);
      const [declaration] = target.declarations;
      const source = declaration.getSourceFile().fileName.slice(root.length);
      return { name: symbol.name, target, source, isType: onlyType(symbol, target) };
    });
    for (const { target } of symbols) this.exported.add(target);
    this.parts.push(`## ${name}\n`);
    for (const source of new Set(symbols.map((each) => each.source))) {
      this.parts.push(`From [${source}](../${source}):\n`);
      for (const each of symbols.filter((one) => one.source === source)) this.entry(each, lines[each.name]);
    }
    if (this.taken.size > 0) this.parts.push(`### Types that only ${name} itself can name\n`);
    for (const symbol of this.taken) this.unnamed(symbol); // those that its own lines name come behind it
    this.taken.clear();
    return symbols.filter(({ isType }) => !isType).map((each) => each.name);
  }

  entry({ name, target, isType }, example) {
    const declaration = target.declarations.findLast((node) => !isType || !ts.isVariableDeclaration(node));
    this.parts.push(`### ${name}\n`, `\`\`\`ts\n${this.signature(name, declaration)}\n\`\`\`\n`);
    this.parts.push(`${this.docs(target, name)}\n`);
    const members = this.members(declaration, name);
    if (members.length > 0) this.parts.push(`${members.join("\n")}\n`);
    if (example) this.parts.push(`\`\`\`js\n${example}\n\`\`\`\n`);
  }

  /** A type that is not exported: what one may give it. A class has its name alone: nobody can make one. */
  unnamed(symbol) {
    this.told.add(symbol);
    const [declaration] = symbol.declarations;
    const isClass = ts.isClassDeclaration(declaration);
    const members = isClass ? [] : this.members(declaration, symbol.name);
    const signature = isClass ? `class ${symbol.name}` : this.signature(symbol.name, declaration);
    this.parts.push(`\`\`\`ts\n${signature}\n\`\`\`\n`);
    this.parts.push(...[this.docs(symbol), members.join("\n")].filter(Boolean).map((part) => `${part}\n`));
  }

  /** Notes the types that these nodes name and that users can't name, but may have to know. */
  note(...nodes) {
    const visit = (each) => {
      const name = ts.isTypeReferenceNode(each)
        ? each.typeName
        : ts.isExpressionWithTypeArguments(each) && each.expression;
      const found = name && this.checker.getSymbolAtLocation(name);
      const symbol = found?.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(found) : found;
      const [declaration] = symbol?.declarations ?? [];
      const ours = declaration?.getSourceFile().fileName.startsWith(join(root, "src/"));
      const isOwn = ours && !ts.isTypeParameterDeclaration(declaration);
      if (isOwn && !this.exported.has(symbol) && !this.told.has(symbol)) this.taken.add(symbol);
      ts.forEachChild(each, visit);
    };
    for (const node of nodes) if (node) visit(node);
  }

  /** The docstring on one line; an export that has none is noted under its name. */
  docs(symbol, name) {
    const text = oneLine(ts.displayPartsToString(symbol.getDocumentationComment(this.checker)));
    if (text === "" && name) this.missing.push(name);
    return text;
  }

  signature(name, node) {
    if (ts.isFunctionDeclaration(node)) return this.call(name, node);
    if (ts.isTypeAliasDeclaration(node)) {
      this.note(node.type);
      return `type ${name}${generics(node)} = ${oneLine(node.type.getText())}`;
    }
    this.note(...(node.heritageClauses ?? []));
    if (ts.isInterfaceDeclaration(node)) return `interface ${name}${generics(node)}${heritage(node)}`;
    if (ts.isClassDeclaration(node)) {
      const maker = node.members.find(ts.isConstructorDeclaration);
      if (maker) this.note(...maker.parameters);
      return `class ${name}${heritage(node).replace(/<.*/, "")}${maker ? `\nnew ${name}${parameters(maker)}` : ""}`;
    }
    if (node.type && ts.isTypeQueryNode(node.type)) {
      const same = this.target(this.checker.getSymbolAtLocation(node.type.exprName));
      return this.signature(name, same.declarations[0]); // the function that it has the type of
    }
    const made = node.initializer ?? {};
    this.note(node.type, made.type, ...(made.typeArguments ?? []), ...(made.parameters ?? []));
    const type = this.checker.getTypeAtLocation(node);
    const [signature] = type.getCallSignatures();
    if (!node.type && signature) return `${name}${this.text(this.checker.signatureToString(signature))}`;
    return `const ${name}: ${node.type ? oneLine(node.type.getText()) : this.text(this.checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation))}`;
  }

  call(name, node) {
    const signature = this.checker.getSignatureFromDeclaration(node);
    this.note(...node.parameters, node.type);
    const result = node.type?.getText() ?? this.checker.typeToString(signature.getReturnType());
    return `${name}${generics(node)}${parameters(node)}: ${oneLine(result)}`;
  }

  /** As in the package's types: names for arguments whose types are a list. */
  text(text) {
    return oneLine(text.replace(/\bargs_\d+(?=\??:)/g, "options").replace(/\brule_0(?=\??:)/g, "rule"));
  }

  /** What users may touch of a class or an interface, what it inherits from classes that they can't name included. */
  members(node, name) {
    if (!ts.isClassDeclaration(node) && !ts.isInterfaceDeclaration(node)) return [];
    const type = this.checker.getDeclaredTypeOfSymbol(this.checker.getSymbolAtLocation(node.name));
    return this.checker.getPropertiesOfType(type).flatMap((member) => {
      const [declaration] = member.declarations ?? [];
      if (!declaration || isHidden(declaration)) return [];
      const owner = this.checker.getSymbolAtLocation(declaration.parent.name ?? declaration.parent);
      const own = declaration.parent === node || declaration.parent.parent === node;
      if (
        !own &&
        (!owner || this.exported.has(owner) || /node_modules/.test(declaration.getSourceFile().fileName))
      )
        return [];
      const isMethod = ts.isMethodDeclaration(declaration);
      // What a class does anew is described where it was first declared.
      if (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Override || member.name === "toString")
        return [];
      const docs = this.docs(member, isMethod && own && `${name}.${member.name}`);
      const shown = isMethod ? this.call(member.name, declaration) : this.property(member, declaration);
      return [`- \`${shown}\`${docs && `: ${docs}`}`];
    });
  }

  property(member, declaration) {
    this.note(declaration);
    if (ts.isMethodSignature(declaration)) return oneLine(declaration.getText().replace(/;$/, ""));
    const type =
      declaration.type?.getText() ?? this.checker.typeToString(this.checker.getTypeOfSymbol(member));
    return `${member.name}${declaration.questionToken ? "?" : ""}: ${oneLine(type)}`;
  }
}

/** Whether the module exports it as a type alone: such exports have no example. */
function onlyType(symbol, target) {
  const specifier = symbol.declarations.find(ts.isExportSpecifier);
  const typeOnly = specifier && (specifier.isTypeOnly || specifier.parent.parent.isTypeOnly);
  return Boolean(typeOnly) || (target.flags & ts.SymbolFlags.Value) === 0;
}

const generics = ({ typeParameters: all }) =>
  all ? `<${all.map((each) => oneLine(each.getText())).join(", ")}>` : "";
const heritage = (node) =>
  (node.heritageClauses ?? []).map((clause) => ` ${oneLine(clause.getText())}`).join("");
/** As they are written, with their defaults. */
const parameters = (node) =>
  `(${node.parameters.map((each) => oneLine(each.getText()).replace(/^((private|readonly|public) )+/, "")).join(", ")})`;
