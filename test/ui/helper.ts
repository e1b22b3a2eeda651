import { analyzeCapture } from "../../src/shell/analyze.js";
import { LiveWorld } from "../../src/shell/ui/app/world.js";
import { plainText } from "../../src/shell/ui/draw/cells.js";
import { keymapOf } from "../../src/shell/ui/keys/key-file.js";
import type { Drawn } from "../../src/shell/ui/panels/drawn.js";
import { compose } from "../../src/shell/ui/panels/index.js";
import type { Effect, Event } from "../../src/shell/ui/state/events.js";
import { reduce } from "../../src/shell/ui/state/reduce.js";
import { initialState, type State } from "../../src/shell/ui/state/state.js";
import type { StoreOptions } from "../../src/shell/ui/store/store.js";

export function emptyWorld(store?: StoreOptions, keys = "mitmproxy"): LiveWorld {
	return new LiveWorld({
		keys: keymapOf(keys),
		source: { title: "test.pcapng", phase: "ended" },
		classify: { level: "uri", rules: "both" },
		clock: () => ({ sec: 1_700_000_000, nsec: 0 }),
		...(store === undefined ? {} : { store }),
	});
}

/** A world with all entries of a capture. */
export async function worldOf(capture: string, store?: StoreOptions, keys?: string): Promise<LiveWorld> {
	const world = emptyWorld(store, keys);
	await analyzeCapture(
		capture,
		{ classify: {} },
		{
			start: (at) => {
				world.store.zero = { sec: at.sec, nsec: at.nsec };
			},
			entry: (entry) => world.store.add(entry),
			late: (number, problem) => world.store.late(number, problem),
		},
	);
	world.work(() => false);
	return world;
}

/** A user in front of a screen: keys in, lines out. */
export class Session {
	state: State;
	effects: Effect[] = [];
	readonly world: LiveWorld;

	constructor(world: LiveWorld, width = 100, height = 30) {
		this.world = world;
		this.state = initialState(width, height);
	}

	event(event: Event): this {
		const { state, effects } = reduce(this.state, event, this.world);
		this.state = state;
		this.effects.push(...effects);
		for (const effect of effects) {
			if (effect.kind === "filter") this.world.setFilter(effect.filter);
			if (effect.kind === "clear") this.world.clear();
		}
		this.world.work(() => false);
		return this;
	}

	/** Names of keys, or single characters. */
	keys(...names: string[]): this {
		for (const name of names) this.event({ kind: "key", key: name, text: [...name].length === 1 ? name : name === "space" ? " " : "" });
		return this;
	}

	/** Types a text letter by letter. */
	type(text: string): this {
		for (const letter of text) this.keys(letter === " " ? "space" : letter);
		return this;
	}

	get drawn(): Drawn[] {
		return compose(this.state, this.world);
	}

	get lines(): string[] {
		return this.drawn.map(({ line }) => plainText(line));
	}

	get text(): string {
		return this.lines.map((line) => line.trimEnd()).join("\n");
	}
}
