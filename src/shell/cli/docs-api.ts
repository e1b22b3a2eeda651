import { openApi } from "../api/openapi.js";
import type { Route } from "../api/route.js";
import { FAMILIES } from "../api/routes/index.js";
import { cell, GENERATED } from "./docs-text.js";

/** The description of the API as a file. It has no version of its own: it is the package's. */
export function openApiFile(): string {
	return `${JSON.stringify(openApi(FAMILIES, "0"), null, "\t")}\n`;
}

/** Reference page of the control API. */
export function apiPage(): string {
	let out = `# Control API\n\n${GENERATED}\n`;
	out +=
		"`mitmsrp proxy --api` opens it at http://127.0.0.1:8475, `startApi` of the library anywhere. Every request brings the token along\n";
	out +=
		"(`Authorization: Bearer TOKEN`), bodies are `application/json`, errors `application/problem+json` with `title`, `status` and `detail`.\n";
	out += "Names of hosts other than `localhost`, and pages of other sites, are refused. As OpenAPI 3.1: [openapi.json](openapi.json).\n\n";
	out += '    curl -H "Authorization: Bearer $TOKEN" http://127.0.0.1:8475/status\n';
	out += "    curl -N -H \"Authorization: Bearer $TOKEN\" 'http://127.0.0.1:8475/events?filter=im.divergence'\n";
	for (const { name, description, routes } of FAMILIES) {
		out += `\n## ${name[0]!.toUpperCase()}${name.slice(1)}\n\n${description[0]!.toUpperCase()}${description.slice(1)}.\n`;
		for (const route of routes) out += routeText(route);
	}
	return out;
}

function routeText({ method, path, summary, more, parameters, query, body, answers }: Route): string {
	let out = `\n### ${method} ${path}\n\n${summary}.${more === undefined ? "" : ` ${more}`}\n`;
	const rows = [
		...Object.entries(parameters ?? {}).map(([name, { json }]) => [`\`{${name}}\``, described(json)]),
		...Object.entries(query ?? {}).map(([name, { json, required }]) => [`\`?${name}\`${required ? " (needed)" : ""}`, described(json)]),
		...members(body?.json),
	];
	if (rows.length > 0) out += `\n| Takes | Meaning |\n|---|---|\n${rows.map(([name, text]) => `| ${name} | ${cell(text!)} |\n`).join("")}`;
	const answer = Object.entries(answers).map(
		([status, { description, type }]) => `${status}: ${description}${type === undefined ? "" : ` (\`${type}\`)`}`,
	);
	return `${out}\nAnswers ${answer.join("; ")}.\n`;
}

function members(json: Readonly<Record<string, unknown>> | undefined): string[][] {
	const { properties = {}, required = [] } = (json ?? {}) as { properties?: Record<string, Record<string, unknown>>; required?: string[] };
	return Object.entries(properties).map(([name, one]) => [`\`${name}\`${required.includes(name) ? " (needed)" : ""}`, described(one)]);
}

function described({ description, enum: choices }: Readonly<Record<string, unknown>>): string {
	return `${description}${Array.isArray(choices) ? ` (${choices.map((one) => `\`${one}\``).join(", ")})` : ""}`;
}
