import type { Draft } from "../draft.js";
import { hostPortText, hostText, sameEndpoint } from "../endpoints.js";
import type { Act, ProfileBox } from "../profile.js";
import { locateUri } from "../spots.js";

/** Numbers of transports in alias: 1 UDP, 2 TCP, 3 TLS; WebSocket as Kamailio counts on. */
const TRANSPORTS = { udp: 1, tcp: 2, tls: 3, ws: 5, wss: 6 } as const;
const ALIAS = /;alias=([^;?]*)/i;

/** Host and port of the first Contact become where the packet came from; maddr goes. */
export const fixContact: Act = (draft, box) => {
	if (!box.actsOn(draft.from)) return;
	if (draft.from === "inside") box.heard(draft);
	const place = draft.addresses("contact")[0]?.uri;
	if (place?.hostPort === undefined) return;
	draft.replace(place.hostPort, hostPortText(draft.message.source), "Contact host:port", "where the packet came from");
	for (const { name, span } of place.uri.params) {
		if (name.toLowerCase() !== "maddr") continue;
		const end = place.start + span.end;
		draft.replace({ start: place.start + span.start - 1, end }, "", "Contact maddr", "it would lead elsewhere");
	}
};

/** The box knows where the end behind the NAT is; the Request-URI stays what the peer wrote. */
export const towardsNat: Act = (draft, box) => {
	if (!draft.request || draft.from === "inside") return;
	const inside = box.insideOf(draft);
	if (inside !== undefined) draft.nextHop = inside;
};

/** The top Via of a request says where the packet came from (RFC 3581 §4). */
export const forceRport: Act = (draft, box) => {
	const top = draft.vias()[0];
	if (!draft.request || top === undefined || !box.actsOn(draft.from) || !box.flag("rport")) return;
	const { source } = draft.message;
	const rport = top.via.params.find(({ name }) => name.toLowerCase() === "rport");
	let added = "";
	if (top.via.received === undefined) added += `;received=${hostText(source.address)}`;
	if (rport === undefined) added += `;rport=${source.port}`;
	else if (rport.value === undefined)
		draft.insert(top.start + rport.span.end, `=${source.port}`, "Via rport", "where the packet came from");
	if (added !== "") draft.insert(top.end, added, "Via received", "where the packet came from");
};

/** fix_nated_sdp: what its flags say. Lines are added at the end of the body, as the original does. */
export const fixSdp: Act = (draft, box) => {
	const body = draft.sdp();
	if (body === undefined || !box.actsOn(draft.from)) return;
	const flags = box.number("sdp");
	const { address } = draft.message.source;
	let added = "";
	for (const line of body.sdp.lines) {
		const value = draft.text.slice(body.start + line.valueStart, body.start + line.valueEnd);
		const connection = line.type === "c" || (line.type === "a" && value.startsWith("rtcp:"));
		if (!(connection && flags & 2) && !(line.type === "o" && flags & 8)) continue;
		const found = /(IP[46] +)(\S+)\s*$/.exec(value);
		if (found === null || found[2] === address) continue;
		const end = body.start + line.valueStart + found.index + found[1]!.length + found[2]!.length;
		const part = line.type === "a" ? "SDP a=rtcp" : `SDP ${line.type}=`;
		if (!draft.replace({ start: end - found[2]!.length, end }, address, part, "where the packet came from")) continue;
		if (line.type === "c" && box.flag("oldmediaip")) added += `a=oldmediaip:${found[2]}\r\n`;
	}
	for (const media of flags & 1 ? body.sdp.media : []) {
		const next = body.sdp.media[media.index + 1]?.line.start;
		draft.insert(next === undefined ? body.end : body.start + next, "a=direction:active\r\n", "SDP a=direction", "the peer is to wait");
	}
	if (flags & 4) added += "a=nortpproxy:yes\r\n";
	if (added !== "") draft.insert(body.end, ended(draft, body.end) + added, "SDP a=", "added at the end");
};

function ended(draft: Draft, end: number): string {
	return draft.text[end - 1] === "\n" ? "" : "\r\n";
}

/** The Contact URI gains where the packet came from. */
export const addAlias: Act = (draft, box) => {
	if (!box.actsOn(draft.from)) return;
	if (draft.from === "inside") box.heard(draft);
	const spot = draft.addresses("contact")[0];
	const place = spot?.uri.hostPort;
	if (spot === undefined || place === undefined) return;
	const { source, transport } = draft.message;
	const add = box.text("mode") === "add";
	if (add && sameEndpoint(source, { address: spot.uri.uri.host, port: spot.uri.uri.port ?? 5060 })) return;
	const alias = `;alias=${hostText(source.address)}~${source.port}~${TRANSPORTS[transport]}`;
	const at = add ? place.end : spot.uri.paramsEnd;
	const why = "where the packet came from, for the way back";
	if (spot.address.bracketed) {
		draft.insert(at, alias, "Contact alias", why);
		return;
	}
	// Without brackets it would be a parameter of the header.
	draft.insert(spot.uri.start, "<", "Contact brackets", "a URI with parameters needs them");
	draft.insert(at, `${alias}>`, "Contact alias", why);
};

/** The alias comes out of the Request-URI and says where the request goes. */
export const takeAlias: Act = (draft, box) => {
	const uri = draft.requestUri();
	if (uri === undefined || !takes(draft, box)) return;
	const text = draft.slice(uri);
	const all = [...text.matchAll(new RegExp(ALIAS, "gi"))];
	const alias = box.text("take") === "last" ? all.at(-1) : all[0];
	if (alias === undefined) return;
	const start = uri.start + alias.index;
	draft.replace({ start, end: start + alias[0].length }, "", "Request-URI alias", "it has served");
	const [, host, port] = /^(.+)~(\d{1,5})~\d+$/.exec(alias[1]!) ?? [];
	if (host === undefined || Number(port) > 65535) return;
	draft.named = true;
	draft.nextHop = { address: locateUri(`sip:${host}`, 0, host.length + 4).uri.host, port: Number(port) };
};

function takes(draft: Draft, box: ProfileBox): boolean {
	return box.actsOn(draft.from === "inside" ? "outside" : "inside");
}
