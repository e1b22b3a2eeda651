import type { Argument, Command, Option } from "commander";
import { CLAUSE_CHECKS } from "../../core/checks/clauses/index.js";
import { clauseSchema } from "../../core/explain/clause-json.js";
import { entrySchema } from "../../core/export/schema.js";
import { FIELD_GROUPS } from "../../core/fields/index.js";
import { DIAGNOSTICS } from "../../core/model/diagnostics/index.js";
import type { DiagnosticDefinition } from "../../core/model/problem.js";
import { rulesSchema } from "../../core/rules/load/schema.js";
import { algPageBody } from "./docs-alg.js";
import { apiPage, openApiFile } from "./docs-api.js";
import { rulesPageBody } from "./docs-rules.js";
import { cell, GENERATED } from "./docs-text.js";
import { filterPage } from "./filter-page.js";
import { createProgram, NO_ACTIONS } from "./program.js";

/** Every generated file: its path below docs/ to its text. */
export function generatedDocs(): Map<string, string> {
	return new Map([
		["reference/actions.md", `# Rules and their actions\n\n${GENERATED}\n${rulesPageBody(cell)}`],
		["reference/alg.md", `# ALG profiles\n\n${GENERATED}\n${algPageBody(cell)}`],
		["reference/api.md", apiPage()],
		["reference/openapi.json", openApiFile()],
		["reference/cli.md", cliPage()],
		["reference/checks.md", checksPage()],
		["reference/diagnostics.md", diagnosticsPage()],
		["reference/fields.md", fieldsPage()],
		["reference/filter.md", filterPage()],
		["schema/checks.schema.json", `${JSON.stringify(clauseSchema(), null, "\t")}\n`],
		["schema/entry.schema.json", `${JSON.stringify(entrySchema(), null, "\t")}\n`],
		["schema/rules.schema.json", `${JSON.stringify(rulesSchema(), null, "\t")}\n`],
	]);
}

function cliPage(): string {
	const program = createProgram("", NO_ACTIONS);
	let out = `# Command line\n\n${GENERATED}\n${program.description()}\n\n${optionTable(program.options)}`;
	for (const command of program.commands.flatMap((one) => [one, ...one.commands])) {
		const args = command.registeredArguments;
		const name = command.parent === program ? command.name() : `${command.parent?.name()} ${command.name()}`;
		out += `\n## mitmsrp ${name}\n\n${sentence(command.description())}\n\n`;
		out += `    mitmsrp ${name} [options]${args.map((argument) => ` ${usage(argument)}`).join("")}\n\n`;
		for (const argument of args) out += `\`${usage(argument)}\`: ${argument.description}${defaultText(argument.defaultValue)}\n\n`;
		out += optionTable(command.options);
		out += `\n${indentExamples(helpAfter(command))}`;
	}
	return out;
}

function usage(argument: Argument): string {
	return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}

function optionTable(options: readonly Option[]): string {
	let out = "| Option | Meaning |\n|---|---|\n";
	for (const option of options) {
		const choices = option.argChoices ? ` (${option.argChoices.map((choice) => `\`${choice}\``).join(", ")})` : "";
		const fallback = option.negate || option.defaultValue === 0 ? "" : defaultText(option.defaultValue);
		out += `| \`${option.flags.replaceAll("|", "\\|")}\` | ${cell(option.description)}${choices}${fallback} |\n`;
	}
	return out;
}

function defaultText(value: unknown): string {
	return value === undefined ? "" : `; default \`${String(value)}\``;
}

/** What `addHelpText("after")` adds: commander has no getter for it, so the help is printed into a string. */
function helpAfter(command: Command): string {
	let whole = "";
	command.configureOutput({ writeOut: (text) => (whole += text) });
	command.outputHelp();
	return whole.slice(command.helpInformation().length);
}

/** Indented lines become code blocks, the others paragraphs. */
function indentExamples(text: string): string {
	const lines = text.trim().split("\n");
	let out = "";
	let code = false;
	for (const line of lines) {
		const indented = line.startsWith("  ");
		if (indented !== code) out += "\n";
		code = indented;
		out += indented ? `  ${line}\n` : `${line}\n`;
	}
	return out;
}

const ROLES = { SC: "sending client", RC: "receiving client", SV: "server with its switch", ALG: "box in between" };

function checksPage(): string {
	let out = `# Clause checks\n\n${GENERATED}\n`;
	out += "What `mitmsrp analyze --checks` looks at. pass and violation are seen on the wire; unknown: the evidence is missing;\n";
	out += "n/a: the precondition is false; info: worth knowing, breaks nothing. `--fail-on violation` makes violations the exit code,\n";
	out += "`--junit FILE` writes one test case a check, `--json` one object a check ([schema](../schema/checks.schema.json)).\n";
	out += "CR is the OMA change request on isfocus, which proposes new text for OMA-TS-SIMPLE_IM 7.1.3. Checks that rest on it alone\n";
	out += "apply to sessions of profile oma (`--profile`), and not with `--rule-set legacy`. A dagger marks clauses whose text was not\n";
	out += `at hand when the check was written.\n\n${Object.entries(ROLES)
		.map(([role, words]) => `${role}: ${words}`)
		.join("; ")}.\n`;
	out += "\n| Check | Who | Level | What has to be so | When | Clause | Evidence |\n|---|---|---|---|---|---|---|\n";
	for (const { id, roles, level, title, when, clause, evidence, notAtHand } of CLAUSE_CHECKS) {
		const text = notAtHand === undefined ? clause : `${clause} († ${notAtHand})`;
		out += `| ${id} | ${roles.join(", ")} | ${level} | ${[title, when, text, evidence].map(cell).join(" | ")} |\n`;
	}
	return out;
}

function diagnosticsPage(): string {
	let out = `# Diagnostics\n\n${GENERATED}\n`;
	out += "error: breaks the standard or loses data. warn: legal but harmful. note: unusual but legal. chat: a normal milestone.\n";
	out += "`--disable ID` switches one off, `--disable FAMILY.*` a family; `--fail-on error|warning` makes them the exit code.\n";
	let family = "";
	for (const [id, definition] of Object.entries<DiagnosticDefinition>(DIAGNOSTICS)) {
		const prefix = id.slice(0, id.indexOf("."));
		if (prefix !== family) {
			family = prefix;
			out += `\n## ${family}\n\n| Id | Severity | Clause | It fires when |\n|---|---|---|---|\n`;
		}
		out += `| \`${id}\` | ${definition.severity} | ${cell(definition.clause)} | ${cell(definition.summary)} |\n`;
	}
	return out;
}

function fieldsPage(): string {
	let out = `# Fields\n\n${GENERATED}\n`;
	out += "Members of a line of `mitmsrp analyze --json` (schema: [entry.schema.json](../schema/entry.schema.json)). A field that a\n";
	out += "message does not have is left out. W marks names that are Wireshark's display filter names.\n";
	for (const group of FIELD_GROUPS) {
		out += `\n## ${group.title}\n\nPresent when: ${group.when}.\n\n| Field | Type | | Meaning |\n|---|---|---|---|\n`;
		for (const field of group.fields) {
			out += `| \`${field.name}\` | ${field.type} | ${field.origin === "wireshark" ? "W" : ""} | ${cell(field.description)} |\n`;
		}
	}
	out += "\n## Besides the fields\n\n| Member | Meaning |\n|---|---|\n";
	out += "| `problems` | findings: `id`, `severity`, `offset`, `length`, `clause`, `detail` ([all ids](diagnostics.md)) |\n";
	out += "| `body` | kept octets of the body as UTF-8 text, with `-v` |\n";
	out += "| `octets` | all kept octets of the message in base64, with `-vv` |\n";
	out += "| `event` | on lines that are no entry: `late-problem`, `capture-problem`, `summary` |\n";
	return out;
}

function sentence(text: string): string {
	return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;
}
