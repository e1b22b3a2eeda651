import { PROFILES } from "../../../core/alg/index.js";
import { padTo } from "../../../core/export/width.js";
import { fitLine, type Span, span } from "../draw/cells.js";
import { profileName } from "../live/controls.js";
import type { LiveControls } from "../live/types.js";
import { windowHeight } from "../state/geometry.js";
import { cursorPosition, windowTop } from "../state/place.js";
import type { Screen, State } from "../state/state.js";
import type { World } from "../state/world.js";
import { type Drawn, drawn, filled, thumb } from "./drawn.js";
import { notLive } from "./held.js";

/** ALG profiles, which of them stand in the path, what they changed, and how many messages clients take for something else by that. */
export function algPanel(state: State, screen: Screen, world: World, width: number, height: number): Drawn[] {
	const { live } = world;
	const list = world.list(state, screen);
	if (live === undefined || list === undefined) return filled(notLive(width), width, height);
	const lines = [drawn(heading(live), width)];
	const rows = Math.min(windowHeight(state, screen), height - 1);
	const top = windowTop(state, screen, list, world);
	const cursor = cursorPosition(state, screen, list, world);
	const { profiles, rewritten } = live.alg;
	const order = profiles.map(profileName);
	for (const [at, { name, imitates }] of PROFILES.slice(top, top + rows).entries()) {
		const place = order.indexOf(name);
		const ground = top + at === cursor ? "selected" : "plain";
		const bar = thumb(at, top, PROFILES.length, rows, ground);
		const spans: Span[] = [
			span(place < 0 ? " ○ off " : " ● on  ", place < 0 ? "dim" : "success"),
			span(padTo(name, 16), place < 0 ? "text" : "strong"),
			span(place < 0 ? "   " : `${place + 1}. `, "note"),
			span(`${String(rewritten.get(name) ?? 0).padStart(7)} changed  `, (rewritten.get(name) ?? 0) > 0 ? "edit" : "dim"),
			span(imitates, "dim"),
		];
		lines.push({ line: [...fitLine(spans, width - bar.length, ground), ...bar], key: name });
	}
	return filled(lines, width, height);
}

/** "ALG A2, A3: 12 messages shown as something else (legacy 12, literal 3)" */
function heading({ alg }: LiveControls): Span[] {
	const { profiles, verdicts, models } = alg;
	const kinds = [...models].map(([model, times]) => `${model} ${times}`).join(", ");
	const changes =
		verdicts === 0
			? "no message is shown as something else"
			: `${verdicts} ${verdicts === 1 ? "message is" : "messages are"} shown as something else`;
	return [
		span(profiles.length === 0 ? " ALG off" : ` ALG ${profiles.join(", ")}`, "title"),
		span(`  ${changes} because of rewriting`, verdicts > 0 ? "error" : "dim"),
		span(kinds === "" ? "" : ` (${kinds})`, "note"),
	];
}
