import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { generatedDocs } from "./docs-pages.js";

/** Writes the generated pages below `folder`; gives the paths that differed. */
export function writeDocs(folder: string): string[] {
	const stale = staleDocs(folder);
	const docs = generatedDocs();
	for (const path of stale) {
		mkdirSync(dirname(resolve(folder, path)), { recursive: true });
		writeFileSync(resolve(folder, path), docs.get(path)!);
	}
	return stale;
}

/** Paths below `folder` that do not say what the definitions say. */
export function staleDocs(folder: string): string[] {
	return [...generatedDocs()].filter(([path, text]) => read(resolve(folder, path)) !== text).map(([path]) => path);
}

function read(path: string): string | undefined {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return undefined;
	}
}

/** `npm run docs` writes; `npm run docs -- --check` only looks, and fails when something would change. */
function main(argv: readonly string[]): number {
	const folder = fileURLToPath(new URL("../../../docs", import.meta.url));
	if (argv.includes("--check")) {
		const stale = staleDocs(folder);
		for (const path of stale) process.stderr.write(`docs/${path} is out of date: run npm run build && npm run docs\n`);
		return stale.length === 0 ? 0 : 1;
	}
	for (const path of writeDocs(folder)) process.stdout.write(`docs/${path} written\n`);
	return 0;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
	process.exitCode = main(process.argv.slice(2));
