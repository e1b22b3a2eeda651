import { isMap, isSeq, type Node } from "yaml";
import { TOXICS } from "../../core/toxics/kinds/index.js";
import { ToxicError, toxicSettings } from "../../core/toxics/settings.js";
import type { ToxicSettings } from "../../core/toxics/types.js";

const KEYS = ["name", "type", "stream", "toxicity", "attributes"];

/**
 * The toxics of a hop in a configuration file, written as toxiproxy's API takes them:
 *
 *     toxics:
 *       - {type: latency, stream: upstream, attributes: {latency: 200, jitter: 50}}
 *
 * @param fail is told what is wrong and at which offset; what is wrong is left out
 */
export function readToxics(node: Node | null, at: number, fail: (offset: number, message: string) => void): ToxicSettings[] {
	if (!isSeq(node)) {
		fail(node?.range?.[0] ?? at, "toxics is a list of toxics, each with type and attributes");
		return [];
	}
	const names = new Set<string>();
	return (node.items as Node[]).flatMap((item): ToxicSettings[] => {
		const place = item.range?.[0] ?? at;
		const given: unknown = isMap(item) ? item.toJSON() : undefined;
		const settings = read(given, (message) => fail(place, message));
		if (settings === undefined) return [];
		if (names.has(settings.name)) fail(place, `there is a toxic ${settings.name} already: give one of them another name`);
		names.add(settings.name);
		return [settings];
	});
}

function read(given: unknown, fail: (message: string) => void): ToxicSettings | undefined {
	if (typeof given !== "object" || given === null) return void fail("a toxic is a mapping with type and attributes");
	const { type, attributes = {} } = given as Record<string, unknown>;
	const kind = TOXICS.get(String(type));
	if (kind === undefined) return void fail(`the type of a toxic is one of ${[...TOXICS.keys()].join(", ")}`);
	const strange = Object.keys(given).find((key) => !KEYS.includes(key));
	if (strange !== undefined) return void fail(`a toxic has no key ${strange}; it has ${KEYS.join(", ")}`);
	const known = Object.keys(kind.attributes);
	const other =
		typeof attributes === "object" && attributes !== null ? Object.keys(attributes).find((key) => !known.includes(key)) : undefined;
	if (other !== undefined)
		return void fail(`${kind.name} has no attribute ${other}${known.length === 0 ? "" : `; it has ${known.join(", ")}`}`);
	try {
		return toxicSettings(given);
	} catch (error) {
		if (error instanceof ToxicError) return void fail(error.message);
		throw error;
	}
}
