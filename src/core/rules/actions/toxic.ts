import type { Attributes, Stream, ToxicKind } from "../../toxics/types.js";
import type { Options, OptionTable } from "./options.js";
import { type ActionDefinition, type ConnectionContext, defineAction } from "./types.js";

interface ToxicAction<T extends OptionTable> {
	options: T;
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

const DOC =
	"It works on all octets of the connection from this message on, until that ends; a rule without match puts it on every connection when that is opened.";

/**
 * A toxic of `core/toxics` as an action: the message that the rule meets goes through it already. Put on a connection once, it stays.
 */
export function defineToxic<const T extends OptionTable>(kind: ToxicKind, own: ToxicAction<T>): ActionDefinition {
	const { attributes, doc, ...rest } = own;
	type Given = Options<T> & { stream: string | undefined };
	const put = (options: Given, context: ConnectionContext, otherwise: Stream): string | undefined => {
		const streams = options.stream === "both" ? STREAMS_BOTH : [(options.stream as Stream | undefined) ?? otherwise];
		const on = context.memory(() => new Set<Stream>());
		const fresh = streams.filter((stream) => !on.has(stream));
		if (fresh.length === 0) return undefined;
		const values = attributes(options);
		for (const stream of fresh) {
			on.add(stream);
			const seed = context.random.below(2 ** 32);
			const toxic = { name: `rule ${context.rule}`, type: kind.name, stream, toxicity: 1, attributes: values, seed };
			context.connection.toxic("add", toxic);
		}
		return `${fresh.join(" and ")}: ${kind.name}${wordsOf(kind, values)}`;
	};
	return defineAction({
		...rest,
		name: kind.name,
		title: kind.title,
		doc: doc === undefined ? DOC : `${DOC} ${doc}`,
		protocols: ["sip", "msrp"],
		needs: "nothing",
		options: { ...own.options, stream: STREAM },
		act(options, context) {
			const did = put(options as unknown as Given, context, context.dir === 0 ? "upstream" : "downstream");
			return did === undefined ? undefined : { did };
		},
		opened: (options, context) => void put(options as unknown as Given, context, "downstream"),
	} as ActionDefinition & { options: T });
}

const STREAMS_BOTH: readonly Stream[] = ["upstream", "downstream"];

/** Seconds of a rule file as the whole milliseconds of a toxic. */
export function milliseconds(seconds: number): number {
	return Math.round(seconds * 1000);
}

function wordsOf({ attributes }: ToxicKind, values: Attributes): string {
	const said = Object.entries(attributes).filter(([name]) => values[name] !== 0);
	return said.length === 0 ? "" : ` (${said.map(([name, { unit }]) => `${name} ${values[name]} ${unit}`).join(", ")})`;
}
