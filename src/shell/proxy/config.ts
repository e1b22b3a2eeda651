import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLMap } from "yaml";
import type { ToxicSettings } from "../../core/toxics/types.js";
import { readToxics } from "./config-toxics.js";
import { type Hop, makeHop } from "./hop.js";
import { HOP_OPTIONS, HopError, type HopOptions, setHopOption } from "./hop-options.js";

/** What a configuration file says. */
export interface ProxyConfig {
	hops: Hop[];
	/** seconds */
	connectTimeout?: number;
	drain?: number;
}

/** All that is wrong with a configuration file, one `file:line:col: message` a line. */
export class ConfigError extends Error {}

const LONGEST = 1 << 20;
const SECONDS = { "connect-timeout": "connectTimeout", drain: "drain" } as const;
const KEYS = ["hops", ...Object.keys(SECONDS)];
const HOP_KEYS = ["listen", "target", "toxics", ...Object.keys(HOP_OPTIONS).filter((key) => key !== "name")];

/**
 * Reads the YAML text of a configuration file:
 *
 *     hops:
 *       alice:
 *         listen: tls://127.0.0.1:5061
 *         target: tls://sip.example.com:5061
 *         insecure: true
 *         toxics: [{type: latency, attributes: {latency: 200}}]
 *     connect-timeout: 10
 *
 * @param name the file's name, for messages
 * @param resolve makes paths of files in it absolute: they count from where the file is
 * @throws ConfigError with every error at once
 */
export function parseConfig(text: string, name: string, resolve: (path: string) => string): ProxyConfig {
	if (text.length > LONGEST) throw new ConfigError(`${name}: more than ${LONGEST} characters: this is no configuration file`);
	const reader = new Reader(name, resolve);
	const document = parseDocument(text, { lineCounter: reader.lines, prettyErrors: false, strict: true, uniqueKeys: true });
	for (const { pos, message } of document.errors) reader.error(pos[0], message);
	const config: ProxyConfig = { hops: [] };
	if (reader.errors.length === 0) reader.top(document.contents, config);
	if (reader.errors.length > 0) throw new ConfigError(reader.errors.join("\n"));
	return config;
}

class Reader {
	readonly lines = new LineCounter();
	readonly errors: string[] = [];
	readonly #name: string;
	readonly #resolve: (path: string) => string;

	constructor(name: string, resolve: (path: string) => string) {
		this.#name = name;
		this.#resolve = resolve;
	}

	error(offset: number, message: string): void {
		const { line, col } = this.lines.linePos(offset);
		this.errors.push(`${this.#name}:${line}:${col}: ${message}`);
	}

	top(node: Node | null, config: ProxyConfig): void {
		if (!isMap(node)) {
			this.error(at(node), "a mapping with hops is expected here");
			return;
		}
		for (const pair of pairs(node)) {
			const key = textOf(pair.key);
			if (key === "hops") this.#hops(pair, config);
			else if (key === "connect-timeout" || key === "drain") {
				const value = isScalar(pair.value) ? pair.value.value : undefined;
				if (typeof value === "number" && Number.isInteger(value) && value > 0) config[SECONDS[key]] = value;
				else this.error(at(pair.value ?? pair.key), `${key} is a whole number of seconds from 1`);
			} else this.error(at(pair.key), `there is no such key; there is ${KEYS.join(", ")}`);
		}
		if (config.hops.length === 0 && this.errors.length === 0) this.error(at(node), "there are no hops");
	}

	#hops({ key, value }: Pair<Node, Node | null>, config: ProxyConfig): void {
		if (!isMap(value)) {
			this.error(at(value ?? key), "hops is a mapping from names to hops");
			return;
		}
		for (const pair of pairs(value)) {
			if (isMap(pair.value)) this.#hop(textOf(pair.key) ?? "", pair.key, pair.value, config);
			else this.error(at(pair.value ?? pair.key), "a hop is a mapping with listen and target");
		}
	}

	#hop(name: string, nameNode: Node, map: YAMLMap, config: ProxyConfig): void {
		const options: HopOptions = { name };
		const places: { listen?: Node; target?: Node } = {};
		let toxics: ToxicSettings[] | undefined;
		const before = this.errors.length;
		for (const { key, value } of pairs(map)) {
			const word = textOf(key);
			if (word === "listen" || word === "target") {
				if (textOf(value) === undefined) this.error(at(value ?? key), `${word} is written SCHEME://HOST:PORT`);
				else places[word] = value!;
			} else if (word === "toxics") toxics = readToxics(value, at(key), (offset, message) => this.error(offset, message));
			else if (word === undefined || !HOP_KEYS.includes(word)) {
				this.error(at(key), `a hop has no such key; it has ${HOP_KEYS.join(", ")}`);
			} else this.#try(at(value ?? key), () => setHopOption(options, word, this.#value(word, value)));
		}
		if (places.listen === undefined) {
			if (this.errors.length === before) this.error(at(nameNode), `hop ${name} does not say where to listen`);
			return;
		}
		const { listen, target } = places;
		// The message names the side that is wrong; the position is that of the side that it quotes.
		const make = (): Hop => makeHop(textOf(listen)!, textOf(target), options);
		this.#try(undefined, () => config.hops.push(toxics === undefined ? make() : { ...make(), toxics }), [listen, target, nameNode]);
	}

	#value(key: string, node: Node | null): string {
		const definition = HOP_OPTIONS[key as keyof HopOptions];
		if (definition.kind === "list" && isSeq(node)) return node.items.map((item) => textOf(item as Node) ?? "").join("+");
		const text = textOf(node) ?? "";
		return definition.kind === "file" && text !== "" ? this.#resolve(text) : text;
	}

	#try(offset: number | undefined, act: () => void, candidates: (Node | undefined)[] = []): void {
		try {
			act();
		} catch (error) {
			if (!(error instanceof HopError)) throw error;
			const quoted = candidates.find((node) => node !== undefined && error.message.startsWith(`"${textOf(node)}"`));
			this.error(offset ?? at(quoted ?? candidates.at(-1) ?? null), error.message);
		}
	}
}

function pairs(map: YAMLMap): Pair<Node, Node | null>[] {
	return map.items as Pair<Node, Node | null>[];
}

function textOf(node: Node | null | undefined): string | undefined {
	return isScalar(node) && node.value !== null ? String(node.value) : undefined;
}

function at(node: Node | null): number {
	return node?.range?.[0] ?? 0;
}
