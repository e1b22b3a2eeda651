// Makes src/core/report/page-text.ts, the script of the HTML report, of the modules in src/page. Run: node docs/page-text.mjs [--check]
// The modules are checked and compiled by tsc alone; because all their names differ, one after the other they are one script.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = join(root, "src/page");
const target = join(root, "src/core/report/page-text.ts");

/** The text of page-text.ts. Throws what the compiler has against the modules. */
export function pageText() {
	const { config } = ts.readConfigFile(join(folder, "tsconfig.json"), ts.sys.readFile);
	const { options, fileNames, errors } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
	const program = ts.createProgram(fileNames, { ...options, noEmit: false, sourceMap: false, declaration: false });
	const faults = [...errors, ...ts.getPreEmitDiagnostics(program)];
	if (faults.length > 0)
		throw new Error(
			ts.formatDiagnostics(faults, { getCanonicalFileName: (name) => name, getCurrentDirectory: () => root, getNewLine: () => "\n" }),
		);
	const emitted = new Map();
	program.emit(undefined, (name, text) => emitted.set(sourceOf(name), text));
	const done = new Set();
	const names = new Map();
	let script = "";
	const add = (file) => {
		if (done.has(file)) return;
		done.add(file);
		const source = program.getSourceFile(file);
		for (const statement of source.statements) {
			for (const name of declared(statement)) {
				if (names.has(name))
					throw new Error(`${name} is declared in ${relative(root, file)} and in ${names.get(name)}: all modules become one script`);
				names.set(name, relative(root, file));
			}
			if (!ts.isImportDeclaration(statement) || statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword) continue;
			if (statement.importClause.name !== undefined || statement.importClause.namedBindings?.elements?.some((one) => one.propertyName))
				throw new Error(`${relative(root, file)}: only named imports, under their own names`);
			add(join(dirname(file), statement.moduleSpecifier.text.replace(/\.js$/, ".ts")));
		}
		script += emitted
			.get(file)
			.replace(/^import .*\n/gm, "")
			.replace(/^export (?=function|const|class)/gm, "")
			.replace(/^export \{\};\n/gm, "");
	};
	add(join(folder, "main.ts"));
	const text = `"use strict";\n(() => {\n${script}})();\n`;
	if (/<\/|<!--/.test(text)) throw new Error("a script in a page must not hold the end of an element or the beginning of a comment");
	return `/** The script of the page, made of src/page by docs/page-text.mjs: do not edit. */\nexport const PAGE_TEXT = ${JSON.stringify(text)};\n`;
}

function sourceOf(emittedName) {
	return emittedName.replace(/\.js$/, ".ts");
}

function declared(statement) {
	if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({ name }) => name.getText());
	if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) return [statement.name.text];
	return [];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	const text = pageText();
	if (process.argv.includes("--check")) {
		if (readFileSync(target, "utf8") !== text)
			throw new Error("src/core/report/page-text.ts is not what src/page makes: node docs/page-text.mjs");
	} else writeFileSync(target, text);
}
