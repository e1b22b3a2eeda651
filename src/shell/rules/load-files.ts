import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, relative, resolve } from "node:path";
import { type Loaded, loadRules } from "../../core/rules/index.js";
import type { ParsedYaml } from "../../core/rules/load/tree.js";
import { YamlParser } from "./yaml-parser.js";

/** Octets of a file that an option of an action names. */
const LARGEST = 64 << 20;

interface Had {
	name: string;
	text?: string;
	yaml?: ParsedYaml;
	octets?: Buffer;
	error?: string;
}

/** What was loaded, and every path that was looked at: what a watcher has to watch. */
export interface LoadedFiles extends Loaded {
	paths: string[];
}

/**
 * Loads rule files with what they include and the files that their actions name. Reads and YAML happen beside the main loop; what is
 * left for it is to compile the rules. Never rejects: what cannot be read is a problem like any other.
 */
export async function loadRuleFiles(names: readonly string[], parser: YamlParser = new YamlParser()): Promise<LoadedFiles> {
	const sources = new Map<string, Had>();
	const others = new Map<string, Had>();
	// Each turn learns of files that the one before named; the loader itself bounds how many there are.
	for (;;) {
		const wanted: { path: string; name: string; rules: boolean }[] = [];
		const find = (had: Map<string, Had>, rules: boolean, name: string, from: string | undefined): Had | undefined => {
			const path = from === undefined ? resolve(name) : resolve(dirname(from), name);
			const found = had.get(path);
			if (found === undefined) wanted.push({ path, name: from === undefined ? name : shown(path, name), rules });
			return found;
		};
		const loaded = loadRules(names, {
			read(name, from) {
				const found = find(sources, true, name, from);
				if (found?.yaml === undefined) return { error: found?.error ?? "" };
				return { name: found.name, text: found.text!, yaml: found.yaml };
			},
			octets(name, from) {
				const found = find(others, false, name, from);
				return found?.octets ?? { error: found?.error ?? "" };
			},
		});
		if (wanted.length === 0) {
			parser.idle();
			return { ...loaded, paths: [...sources.keys(), ...others.keys()] };
		}
		for (const { path, name, rules } of wanted) {
			const had = rules ? sources : others;
			if (!had.has(path)) had.set(path, await fetch(path, name, rules, parser));
		}
	}
}

async function fetch(path: string, name: string, rules: boolean, parser: YamlParser): Promise<Had> {
	try {
		const octets = await readFile(path);
		if (octets.length > LARGEST) return { name, error: `${name}: has more than ${LARGEST >> 20} MiB` };
		if (!rules) return { name, octets };
		const text = octets.toString("utf8").replace(/^\ufeff/, "");
		return { name, text, yaml: await parser.parse(text) };
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		return { name, error: `${name}: cannot be read (${code ?? (error as Error).message}); check its name and mode` };
	}
}

/** As it is easiest to find: relative to where the program runs, where that is shorter. */
function shown(path: string, name: string): string {
	if (isAbsolute(name)) return name;
	const near = relative("", path);
	return near.length < path.length ? near : path;
}
