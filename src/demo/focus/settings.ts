import type { OpenFlow } from "../../core/model/flow.js";
import type { TlsIdentity } from "../../shell/net/links/link.js";
import type { SipTimers } from "../sip/timers.js";
import type { Ids } from "../wire/ids.js";

/** What the focus does, right or wrong. The defaults are a focus after the change request that follows RFC 7701 where OMA allows it. */
export interface FocusBehaviour {
	/** URI parameter isfocus in every identity of the user plane and in Contact; false: the focus before the change request */
	isfocus: boolean;
	/** header parameter isfocus in Contact (RFC 4579 §4.2) */
	contactIsfocus: boolean;
	/** tokens of a=chatroom (RFC 7701 §8); false: no such line, and several To are allowed as in OMA */
	chatroom: readonly string[] | false;
	/** attribute yourown in notifications */
	yourOwn: boolean;
	/** answers subscriptions with notifications; false: the 200 is all there is */
	notify: boolean;
	/** "alice joined" */
	systemMessages: boolean;
	/** forwards messages whatever their From says, where RFC 7701 §6.3 asks for 403 */
	spoofable: boolean;
	/** forwards messages without CPIM to all, where RFC 7701 §6.3 asks for 415 */
	unwrapped: boolean;
	/** sends a copy of a message to all back to its sender, against RFC 7701 §6.1 */
	echo: boolean;
	/** success REPORTs where they are asked for */
	reports: boolean;
	/** a To that is nobody's: 404 (RFC 7701 §6.2), or to all */
	unknownTo: "refuse" | "all";
	/** copies are sent when the message is whole, or chunk by chunk as it comes */
	forward: "whole" | "chunks";
	/** changes the CPIM octets of copies, against RFC 3862 §6 and RFC 7701 §6.1 */
	rewriteCpim: ((octets: Buffer) => Buffer) | undefined;
}

export const DEFAULT_BEHAVIOUR: Readonly<FocusBehaviour> = {
	isfocus: true,
	contactIsfocus: true,
	chatroom: ["nickname", "private-messages"],
	yourOwn: true,
	notify: true,
	systemMessages: true,
	spoofable: false,
	unwrapped: false,
	echo: false,
	reports: true,
	unknownTo: "refuse",
	forward: "whole",
	rewriteCpim: undefined,
};

/** A group that exists before anybody calls it. */
export interface GroupOptions {
	uri: string;
	subject?: string;
	/** who may join; undefined: every registered user */
	members?: readonly string[];
}

export interface FocusOptions {
	/** where SIP is listened for: `tcp://127.0.0.1:0`, `udp:`, `tls:`, `ws:`, `wss:` */
	listen: readonly string[];
	/** where MSRP is listened for: `tcp:`, `tls:`, `ws:`, `wss:`; default: a free TCP port of the loopback */
	msrp?: string;
	/** what a=path and c= say instead of the listening address, where a box forwards to it */
	advertise?: { host: string; port: number };
	/** host part of users, rooms and the factory; default im.example.com for rooms, example.com for users */
	domain?: string;
	/** URI that creates ad-hoc rooms (RFC 4579 §3.2); default sip:conf-factory@DOMAIN */
	factory?: string;
	groups?: readonly GroupOptions[];
	/** users with passwords: REGISTER and INVITE are challenged (RFC 7616) */
	digest?: { realm: string; users: Readonly<Record<string, string>> };
	/** of servers for tls: and wss: */
	tls?: TlsIdentity;
	behaviour?: Partial<FocusBehaviour>;
	/** milliseconds */
	timers?: Partial<SipTimers>;
	ids?: Ids;
	/** Server header; the token says IM server to OMA clients */
	product?: string;
	/** sees all octets on the focus' own sockets, for tests */
	tap?: OpenFlow;
}
