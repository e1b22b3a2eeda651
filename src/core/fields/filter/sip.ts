import type { SipEntry } from "../../model/entry.js";
import { addressName, addressParams, addressUri, paramValue } from "../addresses.js";
import { integerOf, some } from "../types.js";
import { type UriParts, uriParts } from "./addresses.js";
import { type FilterField, type FilterType, fieldsOn } from "./types.js";

const wireshark = fieldsOn<SipEntry>(["sip"], "wireshark");
const ours = fieldsOn<SipEntry>(["sip"], "mitmsrp");

/** Prefix of the fields and the header whose addresses they take apart. */
const ADDRESSES: readonly (readonly [prefix: string, header: string])[] = [
	["sip.from", "from"],
	["sip.to", "to"],
	["sip.contact", "contact"],
	["sip.Route", "route"],
	["sip.Record-Route", "record-route"],
	["sip.Service-Route", "service-route"],
	["sip.Path", "path"],
	["sip.pai", "p-asserted-identity"],
	["sip.ppi", "p-preferred-identity"],
];
const PARTS: readonly (readonly [name: string, key: keyof UriParts, words: string])[] = [
	["user", "user", "user part"],
	["host", "host", "host"],
	["port", "port", "port"],
	["param", "params", "URI parameters"],
];
/** Wireshark calls the URI of these "addr" instead of "uri". */
const ADDR = new Set(["sip.from", "sip.to", "sip.pai", "sip.ppi"]);

function addressFields(prefix: string, header: string): FilterField[] {
	const uris = ({ sip }: SipEntry): string[] => sip.all(header).map(addressUri);
	return [
		wireshark(`${prefix}.${ADDR.has(prefix) ? "addr" : "uri"}`, "string", `URIs of ${header}`, (entry) => some(uris(entry))),
		wireshark(`${prefix}.display.info`, "string", `display names of ${header}`, ({ sip }) =>
			some(
				sip
					.all(header)
					.map(addressName)
					.filter((name) => name !== ""),
			),
		),
		...PARTS.map(([name, key, words]) =>
			wireshark(`${prefix}.${name}`, "string", `${words} of the URIs of ${header}`, (entry) =>
				some(uris(entry).flatMap((uri) => uriParts(uri)[key] ?? [])),
			),
		),
	];
}

function requestUri(name: string, key: keyof UriParts, words: string): FilterField {
	return wireshark(`sip.r-uri.${name}`, "string", `${words} of the Request-URI`, ({ sip }) =>
		sip.kind === "request" ? uriParts(sip.requestUri)[key] : undefined,
	);
}

function via(name: string, description: string, get: (via: string) => string | undefined, type: FilterType = "string"): FilterField {
	return wireshark(`sip.Via.${name}`, type, `${description}, of each Via`, ({ sip }) => {
		const values = sip.all("via").flatMap((value) => get(value) ?? []);
		return type === "number" ? some(values.flatMap((value) => integerOf(value) ?? [])) : some(values);
	});
}

const VIA = /^\s*SIP\s*\/\s*2\.0\s*\/\s*(\S+)\s+(\[[^\]]*\]|[^\s:;,]+)(?:\s*:\s*([0-9]+))?/i;
const viaParam = (name: string) => via(name, name, (value) => paramOf(value, name));

/** The name itself where the parameter has no value, as Wireshark shows it. */
function paramOf(value: string, name: string): string | undefined {
	const found = paramValue(value, name);
	return found === "" ? name : found;
}

const AUTH = ["authorization", "proxy-authorization", "www-authenticate", "proxy-authenticate"];

function auth(name: string, param: string): FilterField {
	const pattern = new RegExp(`(?:^|[\\s,])${param}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s,]*))`, "i");
	return wireshark(`sip.auth.${name}`, "string", `${param} of digest authentication`, ({ sip }) =>
		some(
			AUTH.flatMap((header) =>
				sip.headers.flatMap(({ key, value }) => {
					const found = key === header ? pattern.exec(value) : null;
					return found === null ? [] : [found[1] ?? found[2]!];
				}),
			),
		),
	);
}

function startLine({ sip }: SipEntry): string {
	const end = sip.headText.search(/\r?\n/);
	return end < 0 ? sip.headText : sip.headText.slice(0, end);
}

function tags({ sip }: SipEntry): readonly string[] | undefined {
	return some(["from", "to"].flatMap((header) => paramValue(addressParams(sip.get(header) ?? ""), "tag") ?? []));
}

/** SIP fields that take apart what JSON shows whole. */
export const SIP_FILTERS: readonly FilterField[] = [
	wireshark("sip.Request-Line", "string", "start line of a request", (entry) =>
		entry.sip.kind === "request" ? startLine(entry) : undefined,
	),
	wireshark("sip.Status-Line", "string", "start line of a response", (entry) =>
		entry.sip.kind === "response" ? startLine(entry) : undefined,
	),
	wireshark("sip.msg_hdr", "string", "everything after the start line", ({ sip }) =>
		sip.bytes.toString("utf8", sip.start + sip.headText.indexOf("\n") + 1, sip.end),
	),
	wireshark("sip.msg_body", "bytes", "the body, as far as it was kept", ({ sip }) =>
		sip.bodyKept > 0 ? sip.bytes.subarray(sip.start + sip.bodyOffset, sip.start + sip.bodyOffset + sip.bodyKept) : undefined,
	),
	wireshark("sip.tag", "string", "tags of From and To", tags),
	wireshark("sip.from.tag", "string", "tag of From", ({ sip }) => paramValue(addressParams(sip.get("from") ?? ""), "tag")),
	wireshark("sip.to.tag", "string", "tag of To", ({ sip }) => paramValue(addressParams(sip.get("to") ?? ""), "tag")),
	requestUri("user", "user", "user part"),
	requestUri("host", "host", "host"),
	requestUri("port", "port", "port"),
	requestUri("param", "params", "parameters"),
	...ADDRESSES.flatMap(([prefix, header]) => addressFields(prefix, header)),
	via("transport", "transport", (value) => VIA.exec(value)?.[1]),
	via("sent-by.address", "host", (value) => VIA.exec(value)?.[2]),
	via("sent-by.port", "port", (value) => VIA.exec(value)?.[3], "number"),
	...["branch", "received", "rport", "maddr", "ttl"].map(viaParam),
	...["username", "realm", "nonce", "algorithm", "uri", "qop", "opaque", "nc", "cnonce"].map((name) => auth(name, name)),
	auth("digest.response", "response"),
	ours("sip.header", "string", 'each header row, as "Name: value"', ({ sip }) =>
		some(sip.headers.map(({ name, value }) => `${name}: ${value}`)),
	),
];
