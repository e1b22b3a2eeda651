import type { SpanEdit } from "../model/rewriting.js";
import type { MsrpFrame } from "../protocols/msrp/types.js";
import { parseMsrpUri } from "../protocols/uri/index.js";
import { FifoMap } from "../session/bounded.js";
import { msrpKey } from "../session/msrp-uri.js";

/** URIs that are remembered; those of sessions long gone are forgotten first. */
const MOST = 20_000;

/** The URI with another authority: what stands between "//" and the next "/" or ";", user part kept. */
export function withAuthority(uri: string, host: string, port: number): string {
	const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
	return uri.replace(/^([A-Za-z][A-Za-z0-9+.-]*:\/\/(?:[^@/;]*@)?)[^/;]*/, (_, front: string) => front + authority);
}

/** Host and port that the URI tells to connect to; undefined when it is no URI with a port. */
export function targetOf(uri: string): { host: string; port: number; secure: boolean } | undefined {
	const { scheme, host, port } = parseMsrpUri(uri);
	if ((scheme !== "msrp" && scheme !== "msrps") || host === "" || port === undefined || port === 0) return undefined;
	return { host, port, secure: scheme === "msrps" };
}

/** Session URIs that were shown to the other side under another authority, both ways. */
export class UriMap {
	readonly #shown = new FifoMap<string, string>(MOST);
	readonly #real = new FifoMap<string, string>(MOST);

	add(real: string, shown: string): void {
		const realKey = msrpKey(real)?.key;
		const shownKey = msrpKey(shown)?.key;
		if (realKey === undefined || shownKey === undefined) return;
		this.#shown.set(realKey, shown);
		this.#real.set(shownKey, real);
	}

	/** The path headers of a frame: whom it goes to gets its own URI back, whom it comes from is named as the other side knows it. */
	edits(frame: MsrpFrame, octets: Buffer): SpanEdit[] {
		const edits: SpanEdit[] = [];
		for (const [key, map, part] of [
			["to-path", this.#real, "To-Path"],
			["from-path", this.#shown, "From-Path"],
		] as const) {
			for (const { text, start, end } of pathUris(frame, octets, key)) {
				const name = msrpKey(text)?.key;
				const other = name === undefined ? undefined : map.get(name);
				if (other !== undefined && other !== text)
					edits.push({ start, end, octets: Buffer.from(other, "latin1"), part, why: "anchored session" });
			}
		}
		return edits.sort((a, b) => a.start - b.start);
	}
}

/** The URIs of a path header with their places in the frame. */
export function pathUris(frame: MsrpFrame, octets: Buffer, key: "to-path" | "from-path"): { text: string; start: number; end: number }[] {
	const row = frame.row(key);
	if (row === undefined) return [];
	const value = octets.toString("latin1", row.valueStart, row.valueEnd);
	return [...value.matchAll(/[^ \t]+/g)].map((match) => ({
		text: match[0],
		start: row.valueStart + match.index,
		end: row.valueStart + match.index + match[0].length,
	}));
}
