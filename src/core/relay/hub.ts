import type { Flow, OpenFlow } from "../model/flow.js";
import { DEFAULT_LIMITS, type Limits } from "../model/limits.js";
import type { ToxicSet } from "../toxics/set.js";
import { carriesMessages, RelayedConnection } from "./connection.js";
import { DEFAULT_RELAY_LIMITS, type RelayLimits } from "./limits.js";
import type { RelayStage } from "./stage.js";
import type { Relay, RelaySink } from "./types.js";
import { UntouchedConnection } from "./untouched.js";

export interface RelayHubOptions {
	/** from the client to the server; none: octets pass unchanged */
	stages?: readonly RelayStage[];
	limits?: Partial<Limits>;
	relayLimits?: Partial<RelayLimits>;
	/**
	 * Where there are no stages both legs carry the same octets. "both" (default) decodes both, so that a recording of both legs,
	 * read later, gives the entries of the live run; "once" decodes the client's leg alone, at half the cost.
	 */
	decode?: "both" | "once";
	/** of everything that is left to chance in toxics; default 0 */
	seed?: number;
}

/** The two flows of one connection through the proxy, and where the pipeline takes them. */
export interface RelayLegs {
	client: Flow;
	server: Flow;
	openFlow: OpenFlow;
	/** what is done to all octets of the connection, behind the stages */
	toxics?: ToxicSet | undefined;
}

/** Makes the relays of one proxy run. */
export class RelayHub {
	readonly #options: RelayHubOptions;
	readonly #limits: Limits;
	readonly #relayLimits: RelayLimits;
	#opened = 0;
	#open = 0;
	readonly #closed = (): void => {
		this.#open--;
	};

	constructor(options: RelayHubOptions = {}) {
		this.#options = options;
		this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
		this.#relayLimits = { ...DEFAULT_RELAY_LIMITS, ...options.relayLimits };
	}

	/** connections that are open now */
	get open(): number {
		return this.#open;
	}

	/** Octets may be held or changed. */
	get rewrites(): boolean {
		return (this.#options.stages ?? []).length > 0;
	}

	connect(legs: RelayLegs, sink: RelaySink): Relay {
		this.#open++;
		const setup = {
			id: ++this.#opened,
			client: legs.client,
			server: legs.server,
			openFlow: legs.openFlow,
			toxics: legs.toxics,
			stages: this.#options.stages ?? [],
			limits: this.#limits,
			relayLimits: this.#relayLimits,
			once: this.#options.decode === "once" && !this.rewrites,
			seed: this.#options.seed ?? 0,
			onClosed: this.#closed,
		};
		return this.rewrites || carriesMessages(legs) ? new RelayedConnection(setup, sink) : new UntouchedConnection(setup, sink);
	}
}
