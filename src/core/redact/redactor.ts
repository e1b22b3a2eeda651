import type { ClassifierOptions } from "../classify/classifier.js";
import type { GivenFacts } from "../classify/knowledge/call.js";
import type { Entry, MsrpEntry, SipEntry } from "../model/entry.js";
import type { Flow, FlowSink, OpenFlow } from "../model/flow.js";
import { DEFAULT_LIMITS, type Limits } from "../model/limits.js";
import type { Problem } from "../model/problem.js";
import { copyMoment } from "../model/time.js";
import { Pipeline } from "../pipeline/pipeline.js";
import { redactAddress } from "./hosts.js";
import { Keyed } from "./keyed.js";
import { redactMessage } from "./message.js";
import { redactUri } from "./uri.js";

export interface RedactorOptions {
	/** secret: whoever has it can tell who is behind a pseudonym by trying */
	key: Buffer | string;
	classify?: Omit<ClassifierOptions, "limits"> | undefined;
	limits?: Partial<Limits>;
	/** entries with pseudonyms, numbered anew; lent */
	onEntry(entry: Entry): void;
	onLate?(entryNumber: number, problem: Problem): void;
	/** told of the redacted octets of every flow: a recording */
	tap?(open: OpenFlow): OpenFlow;
}

/**
 * A capture without names: the messages of an analysis with pseudonyms in their place, decoded and judged as if they had come like
 * that. So nothing that is shown about them can tell more than they do. What could not be decoded is left out.
 */
export class Redactor {
	/** messages of which only a part came, and octets of no message */
	leftOut = 0;
	readonly #keyed: Keyed;
	readonly #pipeline: Pipeline;
	readonly #flows = new Map<Flow, FlowSink>();
	readonly #open: OpenFlow;

	constructor({ key, classify, limits, onEntry, onLate, tap }: RedactorOptions) {
		this.#keyed = new Keyed(key);
		this.#pipeline = new Pipeline({
			...(limits === undefined ? {} : { limits: { ...DEFAULT_LIMITS, ...limits } }),
			...(classify === undefined ? {} : { classify: { ...classify, ...(classify.given ? { given: this.#facts(classify.given) } : {}) } }),
			onEntry,
			...(onLate === undefined ? {} : { onLate }),
		});
		const open: OpenFlow = (flow) => this.#pipeline.openFlow(flow);
		this.#open = tap?.(open) ?? open;
	}

	/** An entry of the capture as it is, in order. */
	entry(entry: Entry): void {
		if ((entry.protocol !== "sip" && entry.protocol !== "msrp") || !isWhole(entry)) {
			if (entry.protocol !== "tls" && entry.protocol !== "websocket") this.leftOut++;
			return;
		}
		const octets = redactMessage(this.#keyed, entry);
		this.#sink(entry).data(entry.dir, octets, 0, octets.length, entry.at);
	}

	finish(): void {
		this.#pipeline.finish();
	}

	#sink({ flow, over, at }: SipEntry | MsrpEntry): FlowSink {
		let sink = this.#flows.get(flow);
		if (sink === undefined) {
			const { annotate: _annotate, a, b, hop: _hop, ...plain } = flow;
			const end = ({ address, port }: Flow["a"]) => ({ address: redactAddress(this.#keyed, address), port });
			const carried = over === "exported" || over === "udp" || over === "tcp" ? {} : { carrier: over };
			const made: Flow = { ...plain, ...carried, a: end(a), b: end(b), tunnels: [], midStream: false, began: copyMoment(at) };
			sink = this.#open(made);
			this.#flows.set(flow, sink);
		}
		return sink;
	}

	#facts(given: GivenFacts): GivenFacts {
		const all = (uris: readonly string[] | undefined) => uris?.map((uri) => redactUri(this.#keyed, uri));
		const { sessionIdentity, groupIdentity, factory, own, roster, ...rest } = given;
		const lists = {
			sessionIdentity: all(sessionIdentity),
			groupIdentity: all(groupIdentity),
			factory: all(factory),
			own: all(own),
			roster: all(roster),
		};
		return { ...rest, ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list !== undefined)) };
	}
}

/** All its octets are there. */
function isWhole(entry: SipEntry | MsrpEntry): boolean {
	const frame = entry.protocol === "sip" ? entry.sip : entry.msrp;
	return frame.complete && frame.end - frame.start === frame.length;
}
