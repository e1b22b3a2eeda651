import { seconds } from "../../model/time.js";
import { type Attributes, STREAMS, type Stream, type ToxicKind } from "../../toxics/types.js";
import type { Options, OptionTable } from "./options.js";
import { type ActionDefinition, type ConnectionContext, defineAction } from "./types.js";

interface ToxicAction<T extends OptionTable> {
	options: T;
	/** it ends the connection at once: neither a stream nor a time makes a difference */
	ends?: true;
	main?: keyof T & string;
	doc?: string;
	example: string;
	check?(options: Options<T>): string | undefined;
	attributes(options: Options<T>): Attributes;
}

const STREAM = {
	type: "choice",
	values: ["upstream", "downstream", "both"],
	doc: "from the client, to it, or both (default: the direction of the message; where there is no match: downstream)",
} as const;

const TIME = {
	type: "duration",
	min: 0.001,
	max: 86_400,
	doc: "how long it stays on the connection (default: until that ends)",
} as const;

const DOC =
	"It works on all octets of the connection from this message on; a rule without match puts it on every connection when that is opened.";

/**
 * A toxic of `core/toxics` as an action: the message that the rule meets goes through it already. It is put on a connection once,
 * until its time is over.
 */
export function defineToxic<const T extends OptionTable>(kind: ToxicKind, own: ToxicAction<T>): ActionDefinition {
	const { attributes, doc, ends, ...rest } = own;
	type Given = Options<T> & { stream: string | undefined; time: number | undefined };
	const put = (options: Given, context: ConnectionContext, otherwise: Stream): string | undefined => {
		const streams = options.stream === "both" ? STREAMS : [(options.stream as Stream | undefined) ?? otherwise];
		const until = untilOf(context);
		const fresh = streams.filter((stream) => (until.get(stream) ?? 0) <= seconds(context.at));
		if (fresh.length === 0) return undefined;
		const values = attributes(options);
		for (const stream of fresh) {
			until.set(stream, options.time === undefined ? Number.POSITIVE_INFINITY : seconds(context.at) + options.time);
			const seed = context.random.below(2 ** 32);
			const lasts = options.time === undefined ? {} : { lasts: milliseconds(options.time) };
			const toxic = { name: `rule ${context.rule}`, type: kind.name, stream, toxicity: 1, attributes: values, seed, ...lasts };
			context.connection.toxic("add", toxic);
		}
		return `${fresh.join(" and ")}: ${kind.name}${wordsOf(kind, values)}${options.time === undefined ? "" : ` for ${options.time} s`}`;
	};
	return defineAction({
		...rest,
		name: kind.name,
		title: kind.title,
		doc: doc === undefined ? DOC : `${DOC} ${doc}`,
		protocols: ["sip", "msrp"],
		needs: "nothing",
		options: ends ? own.options : { ...own.options, stream: STREAM, time: TIME },
		act(options, context) {
			const did = put(options as unknown as Given, context, context.dir === 0 ? "upstream" : "downstream");
			return did === undefined ? undefined : { did };
		},
		opened(options, context) {
			put(options as unknown as Given, context, "downstream");
			// Messages of such a rule do not renew it.
			for (const stream of STREAMS) untilOf(context).set(stream, Number.POSITIVE_INFINITY);
		},
	} as ActionDefinition & { options: T });
}

/** By direction: when the one that this action put on the connection is over, in seconds. */
function untilOf(context: ConnectionContext): Map<Stream, number> {
	return context.memory(() => new Map());
}

/** Seconds of a rule file as the whole milliseconds of a toxic. */
export function milliseconds(seconds: number): number {
	return Math.round(seconds * 1000);
}

function wordsOf({ attributes }: ToxicKind, values: Attributes): string {
	const said = Object.entries(attributes).filter(([name]) => values[name] !== 0);
	return said.length === 0 ? "" : ` (${said.map(([name, { unit }]) => `${name} ${values[name]} ${unit}`).join(", ")})`;
}
