import type { Endpoint } from "../../model/flow.js";
import type { SdpLine, SdpMedia } from "../../protocols/sdp/types.js";
import type { Draft } from "../draft.js";
import { addressType, hostText } from "../endpoints.js";
import type { Act, ProfileBox } from "../profile.js";

/** What happens to the SDP of a box that media pass through. */
export interface Anchor {
	/** which m-lines get the box's address and port */
	media(media: SdpMedia): boolean;
	/** o= becomes the box's own; "option": where the option `origin` says so */
	origin: boolean | "option";
	/** a=path: keep and drop leave m= alone; host: only host and port; new: the box ends MSRP itself; option: what `path` says */
	path: "keep" | "host" | "new" | "option";
	/** the options unknownAttributes, cema, setup and mline are looked at */
	attributes: boolean;
}

/** Attributes that a box which knows audio and the basics of m=message copies. */
const KNOWN = new Set(
	"path accept-types setup connection msrp-cema fingerprint crypto rtpmap fmtp ptime maxptime rtcp rtcp-mux rtcp-fb sendrecv sendonly recvonly inactive mid group label".split(
		" ",
	),
);

/** c=, m= port and what else the anchor says become the box's own. */
export function anchorSdp(anchor: Anchor): Act {
	return (draft, box) => {
		const body = draft.sdp();
		if (body === undefined || !box.actsOn(draft.from)) return;
		const shown = box.shown(draft);
		const { sdp, start } = body;
		const at = (line: SdpLine) => ({ start: start + line.valueStart, end: start + line.valueEnd });
		const rows = (line: SdpLine) => ({ start: start + line.start, end: start + line.end });
		if (sdp.origin !== undefined && (anchor.origin === true || (anchor.origin === "option" && box.flag("origin")))) {
			const id = Number.parseInt(box.token("origin", draft.from, draft.callId).slice(0, 8), 16);
			draft.replace(
				at(sdp.origin.line),
				`- ${id} ${sdp.origin.version} IN ${addressType(shown.address)} ${shown.address}`,
				"SDP o=",
				"the box describes the session",
			);
		}
		const anchored = sdp.media.filter((media) => media.port > 0 && anchor.media(media));
		if (anchored.length === 0) return;
		const shared = sdp.connection;
		for (const media of sdp.media) {
			const mline = anchor.attributes && media.msrp !== undefined ? box.text("mline") : "keep";
			const next = sdp.media[media.index + 1]?.line.start;
			if (mline === "remove") {
				draft.replace(
					{ start: start + media.line.start, end: next === undefined ? body.end : start + next },
					"",
					"SDP m=",
					"the m-line is removed",
				);
				continue;
			}
			const own = media.connection !== undefined && media.connection !== shared ? media.connection : undefined;
			if (!anchored.includes(media)) {
				if (own === undefined && shared !== undefined && media.port > 0) {
					draft.insert(start + media.line.end, `c=${shared.line.value}\r\n`, "SDP c=", "this medium keeps its address");
				}
				continue;
			}
			const paths = anchor.path === "option" ? box.text("path") : anchor.path;
			const port =
				mline === "zero" ? 0 : paths === "new" && media.msrp !== undefined ? box.number("msrpPort") : mediaPort(draft, box, media);
			if (paths !== "host") writePort(draft, start, media, port);
			if (own !== undefined && paths !== "host") writeConnection(draft, at(own.line), shown);
			writeAttributes(draft, box, anchor, paths, media, shown, rows, at);
		}
		if (shared !== undefined && anchor.path !== "host" && anchored.some((media) => media.connection === shared)) {
			writeConnection(draft, at(shared.line), shown);
		}
	};
}

function writePort(draft: Draft, base: number, media: SdpMedia, port: number): void {
	const start = base + media.line.valueStart;
	const found = /^\S+ +(\d+)/.exec(draft.text.slice(start, base + media.line.valueEnd));
	if (found === null) return;
	const end = start + found[0].length;
	draft.replace(
		{ start: end - found[1]!.length, end },
		String(port),
		"SDP m= port",
		port === 0 ? "the medium is refused" : "media pass through the box",
	);
}

function writeConnection(draft: Draft, place: { start: number; end: number }, shown: Endpoint): void {
	draft.replace(place, `IN ${addressType(shown.address)} ${shown.address}`, "SDP c=", "media pass through the box");
}

/** The port for a medium: the same whenever that medium is described again. */
function mediaPort(draft: Draft, box: ProfileBox, media: SdpMedia): number {
	const { at } = draft.message;
	const key = `${draft.from}|${draft.callId}|${media.index}`;
	const known = box.bindings.get<number>("media", key, at);
	if (known !== undefined) return known;
	const port = box.nextPort(box.number("mediaPort"));
	box.bindings.set("media", key, port, at, draft.callId);
	return port;
}

function writeAttributes(
	draft: Draft,
	box: ProfileBox,
	anchor: Anchor,
	paths: string,
	media: SdpMedia,
	shown: Endpoint,
	rows: (line: SdpLine) => { start: number; end: number },
	at: (line: SdpLine) => { start: number; end: number },
): void {
	for (const { name, value, line } of media.attributes) {
		const key = name.toLowerCase();
		const drop = (why: string): boolean => draft.replace(rows(line), "", `SDP a=${key}`, why);
		if (key === "path" && media.msrp !== undefined) {
			if (paths === "drop") drop("the attribute is not passed on");
			else if (paths === "new" || paths === "host")
				draft.replace(
					at(line),
					`${name}:${newPath(draft, box, value ?? "", shown, paths)}`,
					"SDP a=path",
					paths === "new" ? "the box ends MSRP on this leg" : "the address is rewritten, MSRP is not",
				);
		} else if (!anchor.attributes) continue;
		else if (key === "msrp-cema" && box.text("cema") === "drop") drop("the attribute is not passed on");
		else if (key === "setup" && box.text("setup") === "drop") drop("the attribute is not passed on");
		else if (key === "setup" && box.text("setup") === "force-passive")
			draft.replace(at(line), `${name}:passive`, "SDP a=setup", "the box wants to be called");
		else if (!KNOWN.has(key) && box.text("unknownAttributes") === "drop") drop("an attribute that the box does not know");
	}
}

/** The MSRP URI that the box shows instead of the path. */
function newPath(draft: Draft, box: ProfileBox, path: string, shown: Endpoint, how: "new" | "host"): string {
	if (how === "host")
		return path.replace(/^(msrps?:\/\/(?:[^/@\s]*@)?)[^/;\s]*/i, `$1${hostText(shown.address)}:${box.number("msrpPort")}`);
	const scheme = /^msrps:/i.test(path) ? "msrps" : "msrp";
	return `${scheme}://${hostText(shown.address)}:${box.number("msrpPort")}/${box.token("path", draft.from, path)};tcp`;
}

/** Every c= and o= address that is `from` becomes `to`; ports stay. */
export function mapSdpAddresses(draft: Draft, from: string, to: string): void {
	const body = draft.sdp();
	if (body === undefined) return;
	for (const line of body.sdp.lines) {
		if (line.type !== "c" && line.type !== "o") continue;
		const start = body.start + line.valueStart;
		const text = draft.text.slice(start, body.start + line.valueEnd);
		const found = /(IP[46]) +(\S+) *$/.exec(text);
		if (found === null || found[2] !== from) continue;
		const end = start + found.index + found[0].trimEnd().length;
		draft.replace({ start: end - from.length, end }, to, `SDP ${line.type}=`, "the address inside becomes the one outside");
		const type = start + found.index;
		draft.replace({ start: type, end: type + 3 }, addressType(to), `SDP ${line.type}=`, "the address inside becomes the one outside");
	}
}
