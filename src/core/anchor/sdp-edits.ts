import type { SpanEdit } from "../model/rewriting.js";
import type { Sdp, SdpAttribute, SdpConnection, SdpMedia } from "../protocols/sdp/types.js";
import { canonicalHost } from "../protocols/uri/index.js";
import type { AnchorMode, AnchorPort } from "./types.js";
import { targetOf, withAuthority } from "./uris.js";

/** One media description that is led through a listener. */
export interface AnchoredMedia {
	media: SdpMedia;
	/** certificate: only its announcement is changed */
	mode: AnchorMode | "certificate";
	port: AnchorPort;
	/** mode relay: the URI of the relay */
	relay: string;
}

/** Edits of one session description; `start` is where its offsets count from in the message. In order. */
export function sdpEdits(sdp: Sdp, anchored: readonly AnchoredMedia[], start: number): SpanEdit[] {
	const edits: SpanEdit[] = [];
	const replace = (from: number, to: number, text: string, part: string): void =>
		void edits.push({ start: start + from, end: start + to, octets: Buffer.from(text, "latin1"), part, why: "anchored session" });
	for (const { media, mode, port, relay } of anchored) {
		const path = media.attributes.find(({ name }) => name === "path");
		if (mode === "relay" && path !== undefined)
			replace(path.line.valueStart + "path:".length, path.line.valueStart + "path:".length, `${relay} `, "a=path");
		if (mode === "path" && path !== undefined) {
			const { at, text } = leftmost(path);
			replace(at, at + text.length, withAuthority(text, port.host, port.port), "a=path");
		}
		if (mode === "cema" || (mode === "path" && repeatsPath(media))) connection(sdp, media, port, replace);
		if (port.fingerprint !== undefined) fingerprint(media.attributes, port.fingerprint, replace);
	}
	const secure = anchored.find(({ port }) => port.fingerprint !== undefined)?.port.fingerprint;
	// A fingerprint for the whole session counts for other secure media too, so it stays where there are such.
	if (secure !== undefined && sdp.media.every((media) => media.port === 0 || anchored.some((item) => item.media === media)))
		fingerprint(sdp.attributes, secure, replace);
	edits.sort((a, b) => a.start - b.start);
	return edits.filter(
		(edit, n) => n === 0 || edit.start !== edits[n - 1]!.start || edit.end !== edits[n - 1]!.end || edit.start === edit.end,
	);
}

type Replace = (from: number, to: number, text: string, part: string) => void;

function leftmost({ line, value = "" }: SdpAttribute): { at: number; text: string } {
	const blank = value.length - value.trimStart().length;
	return { at: line.valueStart + "path:".length + blank, text: value.trim().split(/[ \t]+/)[0]! };
}

/** c= and m= say the same as the one URI of the path, as RFC 4975 §8.1 wants it. */
function repeatsPath(media: SdpMedia): boolean {
	const [uri, ...others] = media.msrp?.path ?? [];
	const target = uri === undefined ? undefined : targetOf(uri);
	if (target === undefined || others.length > 0 || media.connection === undefined) return false;
	return target.port === media.port && canonicalHost(target.host) === canonicalHost(media.connection.address);
}

function connection(sdp: Sdp, media: SdpMedia, { host, port }: AnchorPort, replace: Replace): void {
	const written = /^(\S+\s+)(\d+)/.exec(media.line.value);
	if (written !== null) {
		const at = media.line.valueStart + written[1]!.length;
		replace(at, at + written[2]!.length, String(port), "m= port");
	}
	const value = `IN ${host.includes(":") ? "IP6" : "IP4"} ${host}`;
	const own: SdpConnection | undefined = media.connection;
	const alone = sdp.media.filter((other) => other.port !== 0).length === 1;
	if (own !== undefined && (own !== sdp.connection || alone)) replace(own.line.valueStart, own.line.valueEnd, value, "c=");
	else {
		// Other media have the address of the session, so this one gets a line of its own: behind m= and i= (RFC 8866 §5).
		const title = sdp.lines.find((line) => line.start === media.line.end && line.type === "i");
		const at = (title ?? media.line).end;
		replace(at, at, `c=${value}\r\n`, "c=");
	}
}

function fingerprint(attributes: readonly SdpAttribute[], text: string, replace: Replace): void {
	for (const { name, line } of attributes) {
		if (name === "fingerprint") replace(line.valueStart + "fingerprint:".length, line.valueEnd, text, "a=fingerprint");
	}
}
