import type { LadderSession } from "./ladder.js";
import { truncate } from "./width.js";

const LABEL = 160;

/**
 * Text for a Mermaid message or alias: every character with a meaning to Mermaid or HTML becomes a numeric entity ("#59;").
 * "style" and "classDef" are broken up because Mermaid's entity pass eats the ";" of an entity that follows them.
 */
export function escapeMermaid(text: string): string {
	return text
		.replace(/[^\p{L}\p{N} .,=@/_()[\]→«»…×—-]/gu, entity)
		.replace(/[Ss]tyle|classDef/g, (word) => entity(word[0]!) + word.slice(1))
		.replace(/^\s*(?:no)?wrap/i, (word) => entity(word[0]!) + word.slice(1))
		.trim();
}

function entity(character: string): string {
	return `#${character.codePointAt(0)};`;
}

/** One sequence diagram for all the sessions given; a note names each session when there are several. */
export function ladderMermaid(sessions: readonly LadderSession[]): string {
	const ids = new Map<string, string>();
	let out = "sequenceDiagram\n";
	for (const name of new Set(sessions.flatMap((session) => session.endpoints))) {
		ids.set(name, `p${ids.size + 1}`);
		out += `    participant p${ids.size} as ${escapeMermaid(name)}\n`;
	}
	for (const session of sessions) {
		if (sessions.length > 1) {
			const over = [...new Set([session.endpoints[0]!, session.endpoints.at(-1)!])].map((name) => ids.get(name)).join(",");
			out += `    Note over ${over}: ${session.session === "" ? "without session" : `session ${escapeMermaid(session.session)}`}\n`;
		}
		for (const row of session.rows) {
			const arrow = row.response ? "-->>" : "->>";
			const problem = row.problem ? ` [${row.problem.severity} ${row.problem.id}]` : "";
			out += `    ${ids.get(row.from)}${arrow}${ids.get(row.to)}: ${escapeMermaid(truncate(row.text, LABEL) + problem)}\n`;
		}
	}
	return out;
}
