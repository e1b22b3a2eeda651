import type { SipEntry } from "../model/entry.js";
import { addressName, addressParams, addressUri, paramValue } from "./addresses.js";
import { type Field, type FieldType, type HeaderField, integerOf, own, some, wireshark } from "./types.js";

/** Header names whose rows may repeat and are given as arrays. */
const MANY = [
	"Accept",
	"Accept-Contact",
	"Accept-Encoding",
	"Accept-Language",
	"Alert-Info",
	"Allow",
	"Allow-Events",
	"Authorization",
	"Call-Info",
	"Contact",
	"Error-Info",
	"Feature-Caps",
	"Geolocation",
	"History-Info",
	"P-Asserted-Identity",
	"P-Associated-URI",
	"P-Preferred-Identity",
	"Path",
	"Privacy",
	"Proxy-Authenticate",
	"Proxy-Authorization",
	"Proxy-Require",
	"Reason",
	"Record-Route",
	"Recv-Info",
	"Reject-Contact",
	"Require",
	"Resource-Priority",
	"Route",
	"Security-Client",
	"Security-Server",
	"Security-Verify",
	"Service-Route",
	"Supported",
	"Unsupported",
	"Via",
	"Warning",
	"WWW-Authenticate",
];
const ONE = [
	"Answer-Mode",
	"Authentication-Info",
	"Call-ID",
	"Content-Disposition",
	"Content-Encoding",
	"Content-Language",
	"Content-Type",
	"CSeq",
	"Date",
	"Event",
	"Flow-Timer",
	"From",
	"Identity",
	"Info-Package",
	"In-Reply-To",
	"Join",
	"MIME-Version",
	"Min-Expires",
	"Min-SE",
	"Organization",
	"P-Access-Network-Info",
	"P-Asserted-Service",
	"P-Called-Party-ID",
	"P-Charging-Vector",
	"P-Early-Media",
	"P-Preferred-Service",
	"P-Served-User",
	"P-Visited-Network-ID",
	"Priority",
	"RAck",
	"Refer-Sub",
	"Refer-To",
	"Referred-by",
	"Replaces",
	"Reply-To",
	"Request-Disposition",
	"Server",
	"Session-Expires",
	"Session-ID",
	"Subject",
	"Subscription-State",
	"Target-Dialog",
	"Timestamp",
	"To",
	"User-Agent",
];
const NUMBER = ["Content-Length", "Expires", "Max-Breadth", "Max-Forwards", "Retry-After", "RSeq"];
/** header, Wireshark's name where it is not "sip." and the header */
const RENAMED: readonly [string, string][] = [
	["SIP-ETag", "sip.ETag"],
	["SIP-If-Match", "sip.If_Match"],
	["Suppress-If-Match", "sip.Suppress_If_Match"],
	["User-to-User", "sip.uui"],
	["Diversion", "sip.Diversion"],
];

function header(headerName: string, type: FieldType, name: string = `sip.${headerName}`): HeaderField<SipEntry> {
	const key = headerName.toLowerCase();
	const get: Field<SipEntry>["get"] =
		type === "strings"
			? ({ sip }) => some(sip.headers.filter((row) => row.key === key).map((row) => row.value))
			: type === "integer"
				? ({ sip }) => integerOf(sip.get(key))
				: ({ sip }) => sip.get(key);
	return {
		name,
		type,
		origin: "wireshark",
		description: `header ${headerName}${type === "strings" ? ", each row" : ""}`,
		header: key,
		get,
	};
}

/** SIP header rows that have a field; the others are in "sip.other". */
export const SIP_HEADER_FIELDS: readonly HeaderField<SipEntry>[] = [
	...MANY.map((name) => header(name, "strings")),
	...ONE.map((name) => header(name, "string")),
	...NUMBER.map((name) => header(name, "integer")),
	...RENAMED.map(([headerName, name]) => header(headerName, "string", name)),
];

function uri(name: string, key: string): Field<SipEntry> {
	return wireshark(name, "string", `URI of the ${key} header`, ({ sip }) => map(sip.get(key), addressUri));
}

function display(name: string, key: string): Field<SipEntry> {
	return wireshark(name, "string", `display name of the ${key} header`, ({ sip }) => map(sip.get(key), addressName) || undefined);
}

function tag(name: string, key: string): Field<SipEntry> {
	return wireshark(name, "string", `tag of the ${key} header`, ({ sip }) =>
		map(sip.get(key), (value) => paramValue(addressParams(value), "tag")),
	);
}

function map<T>(value: string | undefined, to: (value: string) => T): T | undefined {
	return value === undefined ? undefined : to(value);
}

/** Fields of SIP messages that are no header rows. */
export const SIP_FIELDS: readonly Field<SipEntry>[] = [
	wireshark("sip.Method", "string", "method of a request", ({ sip }) => (sip.kind === "request" ? sip.method : undefined)),
	wireshark("sip.r-uri", "string", "Request-URI", ({ sip }) => (sip.kind === "request" ? sip.requestUri : undefined)),
	wireshark("sip.Status-Code", "integer", "status code of a response", ({ sip }) => (sip.kind === "response" ? sip.status : undefined)),
	wireshark("sip.Reason-Phrase", "string", "reason phrase of a response", ({ sip }) => (sip.kind === "response" ? sip.reason : undefined)),
	wireshark("sip.CSeq.seq", "integer", "number of the CSeq header", ({ sip }) =>
		map(sip.get("cseq"), (value) => integerOf(value.slice(0, Math.max(0, value.search(/\s/))))),
	),
	wireshark("sip.CSeq.method", "string", "method of the CSeq header", ({ sip }) =>
		map(sip.get("cseq"), (value) => value.slice(value.search(/\S*$/)) || undefined),
	),
	uri("sip.from.addr", "from"),
	display("sip.from.display.info", "from"),
	tag("sip.from.tag", "from"),
	uri("sip.to.addr", "to"),
	display("sip.to.display.info", "to"),
	tag("sip.to.tag", "to"),
	wireshark("sip.contact.uri", "strings", "URIs of the Contact headers", ({ sip }) => some(sip.all("contact").map(addressUri))),
	own(
		"sip.contact.isfocus",
		"boolean",
		"true when a Contact has the header parameter isfocus (RFC 3840, RFC 4579)",
		({ sip }) => sip.all("contact").some((value) => paramValue(addressParams(value), "isfocus") !== undefined) || undefined,
	),
	wireshark("sip.pai.addr", "strings", "URIs of P-Asserted-Identity", ({ sip }) => some(sip.all("p-asserted-identity").map(addressUri))),
	wireshark("sip.Via.branch", "string", "branch of the topmost Via", ({ sip }) =>
		map(sip.get("via"), (value) => paramValue(firstVia(value), "branch")),
	),
	own("sip.body.length", "integer", "octets of the body, where there is one", ({ sip }) => sip.bodyLength || undefined),
	own("sip.complete", "boolean", "false when the message was cut off", ({ sip }) => (sip.complete ? undefined : false)),
];

/** The parameters of the first of several Vias in one row; branch values hold no comma. */
function firstVia(value: string): string {
	const comma = value.indexOf(",");
	return comma < 0 ? value : value.slice(0, comma);
}
