import { fitLine, type Line, span, wrapLine } from "../draw/cells.js";
import type { Screen, State } from "../state/state.js";
import type { World } from "../state/world.js";
import { type Drawn, drawn, filled, thumb } from "./drawn.js";

export function logLines({ log }: Pick<World, "log">, width: number): Line[] {
	return log.flatMap((line) => wrapLine([span(` ${line}`)], width, 3));
}

/** What was said while the screen was taken: hops, reloads, faults of rules, what became of held messages. */
export function logPanel(_state: State, screen: Screen, world: World, width: number, height: number): Drawn[] {
	if (screen.panel !== "log") return [];
	const text = logLines(world, width - 1);
	const rows = Math.max(1, height - 1);
	const top = Math.max(0, Math.min(screen.scroll, text.length - rows));
	const lines = [drawn([span(" Log", "title"), span(text.length === 0 ? "  nothing was said" : "", "dim")], width)];
	for (let at = 0; at < rows && top + at < text.length; at++) {
		const bar = thumb(at, top, text.length, rows);
		lines.push({ line: [...fitLine(text[top + at]!, width - bar.length), ...bar] });
	}
	return filled(lines, width, height);
}
