import { createHash } from "node:crypto";
import type { Endpoint } from "../model/flow.js";
import type { Bindings } from "./bindings.js";
import type { Draft } from "./draft.js";
import { sameEndpoint } from "./endpoints.js";
import type { AlgMessage, AlgScene, OptionSpec, OptionValue, Side } from "./types.js";

/** One thing that a profile does to a message. Looks at `draft.from` and `draft.request` to know what is to be done. */
export type Act = (draft: Draft, box: ProfileBox) => void;

/** A profile: data that says what a box does, and acts that the profiles share. */
export interface AlgProfile {
	name: string;
	/** one line: which real box behaves like this */
	imitates: string;
	/** where that is known from */
	source: string;
	/** parts of a message that it may change: the `part` of an edit is one of them, or begins with one */
	parts: readonly string[];
	/** true: what it writes outside it turns back octet by octet on the way in */
	symmetric: boolean;
	options: Readonly<Record<string, OptionSpec>>;
	/** why the box does not look at this message; undefined when it does */
	skips?(message: AlgMessage, box: ProfileBox): string | undefined;
	/** in order; on one span the first one wins */
	acts: readonly Act[];
}

/** What the acts of one profile in one box have to work with. */
export class ProfileBox {
	readonly profile: AlgProfile;
	readonly outside: Endpoint;
	readonly inside: Endpoint;
	readonly bindings: Bindings;
	readonly #options: ReadonlyMap<string, OptionValue>;
	readonly #seed: number;
	/** the inside end that was heard last */
	lastInside: Endpoint | undefined;
	#drawn = 0;
	#ports = 0;

	constructor(profile: AlgProfile, scene: AlgScene, options: ReadonlyMap<string, OptionValue>, bindings: Bindings) {
		this.profile = profile;
		this.outside = scene.outside;
		this.inside = scene.inside ?? scene.outside;
		this.#seed = scene.seed ?? 1;
		this.#options = options;
		this.bindings = bindings;
	}

	/** Value of an option of the profile, as text. */
	text(name: string): string {
		return String(this.#options.get(name) ?? this.profile.options[name]?.default ?? "");
	}

	flag(name: string): boolean {
		return this.text(name) === "true";
	}

	number(name: string): number {
		return Number(this.text(name));
	}

	/** The names in an option that lists them, in lower case, separated by "+". */
	names(name: string): ReadonlySet<string> {
		return new Set(
			this.text(name)
				.toLowerCase()
				.split("+")
				.filter((item) => item !== ""),
		);
	}

	/** The option `side`: does the profile act on messages of that side? */
	actsOn(side: Side): boolean {
		const chosen = this.text("side");
		return chosen === "" || chosen === "both" || chosen === side;
	}

	/** What the box shows to the side that a message goes to. */
	shown(draft: Draft): Endpoint {
		return draft.from === "inside" ? this.outside : this.inside;
	}

	/** A name that depends on nothing but the seed and the parts: the same for a retransmission. 12 hex digits. */
	token(...parts: string[]): string {
		return createHash("sha256")
			.update(`${this.#seed}\0${parts.join("\0")}`)
			.digest("hex")
			.slice(0, 12);
	}

	/** The next number in a row that the seed decides, 0 to `below` - 1. */
	draw(below: number): number {
		return Number.parseInt(this.token("draw", String(++this.#drawn)), 16) % below;
	}

	/** The next even port of the pool that begins at `first`; wraps at 65534. */
	nextPort(first: number): number {
		const pool = Math.max(1, Math.floor((65534 - first) / 2) + 1);
		return first + 2 * (this.#ports++ % pool);
	}

	/** Remembers which inside end a message came from. */
	heard(draft: Draft): void {
		const { source, at } = draft.message;
		this.lastInside = source;
		this.bindings.set("flow", flowKey(source), source, at);
		if (draft.callId !== "") this.bindings.set("dialog", `inside|${draft.callId}`, source, at, draft.callId);
	}

	/** The inside end that a message from outside is for; undefined when none is known. */
	insideOf(draft: Draft): Endpoint | undefined {
		const { target, at } = draft.message;
		if (!sameEndpoint(target, this.outside)) return target;
		return this.bindings.get<Endpoint>("dialog", `inside|${draft.callId}`, at) ?? this.lastInside;
	}

	/** The packet filter still has an entry for that inside end. */
	flowLives(inside: Endpoint, draft: Draft): boolean {
		return this.bindings.get("flow", flowKey(inside), draft.message.at) !== undefined;
	}
}

function flowKey({ address, port }: Endpoint): string {
	return `${address} ${port}`;
}

/** The option that says whose messages a profile acts on. */
export const SIDE: OptionSpec = {
	default: "both",
	choices: ["inside", "outside", "both"],
	text: "whose messages are rewritten on their way to the other side",
};
