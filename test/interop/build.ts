import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** The program as the build makes it, without type checks, in a folder of its own that `remove` takes away. */
export function build(): { main: string; remove(): void } {
	const root = fileURLToPath(new URL("../../", import.meta.url));
	const source = join(root, "src");
	const built = mkdtempSync(join(root, ".test-build-"));
	for (const name of readdirSync(source, { recursive: true, encoding: "utf8" })) {
		if (!name.endsWith(".ts") || name.endsWith(".d.ts")) continue;
		const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true };
		const { outputText } = ts.transpileModule(readFileSync(join(source, name), "utf8"), { compilerOptions: options });
		const to = join(built, `${name.slice(0, -2)}js`);
		mkdirSync(dirname(to), { recursive: true });
		writeFileSync(to, outputText);
	}
	return { main: join(built, "shell/cli/main.js"), remove: () => rmSync(built, { recursive: true, force: true }) };
}
