import type { Headline } from "../../core/classify/types.js";
import { classWords } from "../../core/export/class-label.js";
import type { Carrier, Endpoint, FlowSink } from "../../core/model/flow.js";
import { copyMoment, type Moment } from "../../core/model/time.js";
import { Pipeline } from "../../core/pipeline/pipeline.js";
import type { Difference } from "../../core/replay/compare.js";
import type { Plan, Step } from "../../core/replay/types.js";
import { now } from "../net/clock.js";
import type { Link } from "../net/links/index.js";

/**
 * What a compliant client makes of the messages that come, in the capture and now. Both are judged by what this side saw of the
 * conversation: of a selection of messages, by these alone.
 */
export class Classes {
	readonly #plan: Plan;
	readonly #live = new Watch();

	constructor(plan: Plan) {
		this.#plan = plan;
	}

	/** A message of ours left. */
	sent(link: Link, octets: Buffer): void {
		this.#message(link, octets, true);
	}

	/** A message of the peer came: what has to be known to compare it, once its step is. */
	came(link: Link, octets: Buffer): Headline | undefined {
		return this.#message(link, octets, false);
	}

	/** How its class differs from the recorded one; undefined: not at all. */
	difference(step: Step, live: Headline | undefined): Difference | undefined {
		const recorded = recordedClasses(this.#plan).get(step);
		if (step.implied !== undefined || recorded === live) return undefined;
		const words = (one: Headline | undefined): string => (one === undefined ? "none" : classWords(one));
		return { what: "class", recorded: words(recorded), live: words(live), matters: true };
	}

	#message(link: Link, octets: Buffer, own: boolean): Headline | undefined {
		const { transport, local, remote } = link;
		const client = this.#plan.side === "client";
		const ends = client ? { a: local, b: remote } : { a: remote, b: local };
		return this.#live.message(link, { ...ends, over: transport }, own === client ? 0 : 1, octets, now());
	}
}

const known = new WeakMap<Plan, ReadonlyMap<Step, Headline>>();

/** The same for all runs of a plan. */
function recordedClasses(plan: Plan): ReadonlyMap<Step, Headline> {
	const before = known.get(plan);
	if (before !== undefined) return before;
	const watch = new Watch();
	const client = plan.side === "client";
	const classes = new Map<Step, Headline>();
	for (const step of plan.steps) {
		const { own, peer, over } = step.link;
		const ends = client ? { a: own, b: peer } : { a: peer, b: own };
		const at = { sec: Math.floor(step.at / 1000), nsec: Math.floor((step.at % 1000) * 1e6), packet: 0 };
		const one = watch.message(step.link, { ...ends, over }, (step.action === "send") === client ? 0 : 1, step.unit.octets, at);
		if (one !== undefined) classes.set(step, one);
	}
	known.set(plan, classes);
	return classes;
}

/** One side's view of a conversation, message by message; `a` is the client's end of every connection. */
class Watch {
	readonly #flows = new WeakMap<object, FlowSink>();
	#headline: Headline | undefined;
	#count = 0;
	readonly #pipeline = new Pipeline({
		classify: {},
		onEntry: ({ verdict }) => {
			this.#headline = verdict?.headline;
		},
	});

	/** `connection`: known by its identity. */
	message(connection: object, { a, b, over }: { a: Endpoint; b: Endpoint; over: Carrier }, dir: 0 | 1, octets: Buffer, at: Moment) {
		let flow = this.#flows.get(connection);
		if (flow === undefined) {
			flow = this.#pipeline.openFlow({
				id: ++this.#count,
				transport: over === "udp" ? "udp" : "tcp",
				a,
				b,
				openerKnown: false,
				midStream: false,
				tunnels: [],
				began: copyMoment(at),
				...(over === "tls" || over === "ws" || over === "wss" ? { carrier: over } : {}),
			});
			this.#flows.set(connection, flow);
		}
		this.#headline = undefined;
		flow.data(dir, octets, 0, octets.length, at);
		return this.#headline;
	}
}
