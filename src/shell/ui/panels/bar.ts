import { grouped } from "../../../core/export/stats-text.js";
import { type Span, span } from "../draw/cells.js";
import type { State } from "../state/state.js";
import type { World } from "../state/world.js";
import { type Drawn, drawn } from "./drawn.js";

/** The line at the top: where the traffic comes from, how much there is, what is chosen of it. */
export function topBar(state: State, world: World, width: number): Drawn {
	const { store, source, matching, live } = world;
	const spans: Span[] = [
		span(" mitmsrp ", "title"),
		span(` ${source.title} `, "strong"),
		span(` ${source.phase} `, source.phase === "ended" ? "dim" : "note"),
	];
	spans.push(span(` ${grouped(store.length)} entries `));
	const divergent = count(world);
	if (divergent > 0) spans.push(span(` ${grouped(divergent)} differ `, "error"));
	if (store.gone > 0) spans.push(span(` ${grouped(store.gone)} older gone `, "dim"));
	if (store.unseen > 0) spans.push(span(` ${grouped(store.unseen)} not shown `, "warn"));
	if (state.filter !== "") {
		const left = matching.left;
		const found = [...matching.counts.values()].reduce((sum, one) => sum + one, 0);
		// The count stands first: a long expression is cut off where the line ends.
		spans.push(span(` ${grouped(found)}${left > 0 ? ` (${grouped(left)} to go)` : ""} match: `, "dim"), span(`${state.filter} `, "key"));
		if (matching.untested > 0) spans.push(span(` ${grouped(matching.untested)} too old to test `, "warn"));
	}
	const held = live?.breakpoints.held.length ?? 0;
	if (held > 0) spans.push(span(` ${held} HELD `, "error"));
	if (state.follow) spans.push(span(" following ", "success"));
	if (state.markedOnly) spans.push(span(" marked only ", "edit"));
	if (source.warning !== undefined) spans.push(span(` ! ${source.warning} `, "warn"));
	return drawn(spans, width, "bar");
}

function count({ store }: World): number {
	let sum = 0;
	for (const { divergent } of store.sessions.values()) sum += divergent;
	return sum;
}
