import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { escapeTerminal, escapeTerminalLines } from "../../core/export/escape.js";
import { explainRules } from "../../core/rules/explain.js";
import { problemText, type RuleSet } from "../../core/rules/index.js";
import { rulesSchema } from "../../core/rules/load/schema.js";
import { loadRuleFiles } from "../rules/load-files.js";
import { YamlParser } from "../rules/yaml-parser.js";
import { CLEAN, USAGE } from "./fail.js";
import type { Io } from "./io.js";
import { inUse } from "./rules-options.js";

/** Rule files that come with the package. */
const SHIPPED = new URL("../../../rules/", import.meta.url);

/** `mitmsrp rules check` */
export async function checkCommand(files: readonly string[], io: Io): Promise<number> {
	const set = await load(files, io);
	if (set === undefined) return USAGE;
	io.stdout.write(`${escapeTerminal(`${inUse(set)}: nothing is wrong`)}\n`);
	return CLEAN;
}

/** `mitmsrp rules explain` */
export async function explainRulesCommand(files: readonly string[], io: Io): Promise<number> {
	const set = await load(files, io);
	if (set === undefined) return USAGE;
	io.stdout.write(`${escapeTerminalLines(explainRules(set))}\n`);
	return CLEAN;
}

/** `mitmsrp rules list` */
export async function listCommand(files: readonly string[], { json }: { json?: true }, io: Io): Promise<number> {
	if (files.length === 0) return listShipped(json === true, io);
	const set = await load(files, io);
	if (set === undefined) return USAGE;
	for (const { name, place, filter, actions } of set.rules) {
		const what = actions.map(({ definition }) => definition.name);
		if (json) io.stdout.write(`${JSON.stringify({ name, file: place.file, line: place.line, match: filter?.source, actions: what })}\n`);
		else
			io.stdout.write(
				`${escapeTerminal(`${place.file}:${place.line}  ${name}: ${filter?.source ?? "everything"} → ${what.join(", ")}`)}\n`,
			);
	}
	return CLEAN;
}

/** `mitmsrp rules schema` */
export async function schemaCommand(io: Io): Promise<number> {
	io.stdout.write(`${JSON.stringify(rulesSchema(), null, "\t")}\n`);
	return CLEAN;
}

async function listShipped(json: boolean, io: Io): Promise<number> {
	const folder = fileURLToPath(SHIPPED);
	const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".yaml")).sort();
	for (const name of names) {
		const title = titleOf(await readFile(`${folder}${name}`, "utf8"));
		if (json) io.stdout.write(`${JSON.stringify({ file: `${folder}${name}`, title })}\n`);
		else io.stdout.write(`${escapeTerminal(`${folder}${name}${title === "" ? "" : `  ${title}`}`)}\n`);
	}
	return CLEAN;
}

/** The first comment that is no hint for editors. */
function titleOf(text: string): string {
	const line = text.split("\n").find((one) => one.startsWith("#") && !one.includes("yaml-language-server"));
	return line?.replace(/^#+\s*/, "").trim() ?? "";
}

async function load(files: readonly string[], io: Io): Promise<RuleSet | undefined> {
	const { set, problems } = await loadRuleFiles(files, new YamlParser());
	if (set === undefined) io.stderr.write(`${escapeTerminalLines(problems.map(problemText).join("\n"))}\n`);
	return set;
}
