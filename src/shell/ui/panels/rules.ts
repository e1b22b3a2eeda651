import { escapeTerminal } from "../../../core/export/escape.js";
import { padTo } from "../../../core/export/width.js";
import type { DeskRule } from "../../../core/rules/index.js";
import { fitLine, type Span, span } from "../draw/cells.js";
import { windowHeight } from "../state/geometry.js";
import { cursorPosition, windowTop } from "../state/place.js";
import type { Screen, State } from "../state/state.js";
import type { World } from "../state/world.js";
import { type Drawn, drawn, filled, thumb } from "./drawn.js";
import { notLive } from "./held.js";

const NAME = 28;

/** The rules in the order in which messages meet them: on or off, hits, and what kept them from hitting. */
export function rulesPanel(state: State, screen: Screen, world: World, width: number, height: number): Drawn[] {
	const { live } = world;
	const list = world.list(state, screen);
	if (live === undefined || list === undefined) return filled(notLive(width), width, height);
	const rules = live.rules.list();
	const lines = [
		drawn([span(`       ${padTo("rule", NAME)}   hits  match   near  `, "dim"), span("missed most by, match, actions", "dim")], width),
	];
	const rows = Math.min(windowHeight(state, screen), height - 1);
	const top = windowTop(state, screen, list, world);
	const cursor = cursorPosition(state, screen, list, world);
	for (const [at, rule] of rules.slice(top, top + rows).entries()) {
		const ground = top + at === cursor ? "selected" : "plain";
		const bar = thumb(at, top, rules.length, rows, ground);
		lines.push({ line: [...fitLine(ruleSpans(rule), width - bar.length, ground), ...bar], key: rule.name });
	}
	if (rules.length === 0) lines.push(drawn([], width), drawn([span("  no rule: mitmsrp proxy --rules FILE brings some", "dim")], width));
	return filled(lines, width, height);
}

function ruleSpans({ name, note, match, actions, from, enabled, report }: DeskRule): Span[] {
	const { hits = 0, matches = 0, near = 0, failed, nearest, over = false } = report ?? {};
	const missed = nearest ?? failed;
	const held = Object.entries(report?.held ?? {}).map(([trigger, times]) => `${trigger} ${times}×`);
	return [
		span(enabled ? " ● on  " : " ○ off ", enabled ? "success" : "dim"),
		span(padTo(escapeTerminal(name).slice(0, NAME), NAME), enabled ? "strong" : "dim"),
		span(` ${String(hits).padStart(6)}`, hits > 0 ? "success" : "dim"),
		span(` ${String(matches).padStart(6)} ${String(near).padStart(6)}  `),
		span(over ? "over  " : "", "warn"),
		span(held.length === 0 ? "" : `held back by ${held.join(", ")}  `, "note"),
		span(missed === undefined ? "" : `${missed.messages}× not ${escapeTerminal(missed.clause)}  `, "warn"),
		span(match === undefined ? "every message" : escapeTerminal(match), "key"),
		span(`  ${actions.join(", ")}`),
		span(note === undefined ? "" : `  ${escapeTerminal(note)}`, "dim"),
		span(`  ${escapeTerminal(from)}`, "dim"),
	];
}
