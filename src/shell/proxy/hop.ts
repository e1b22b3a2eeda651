import { isIP } from "node:net";
import type { ToxicSettings } from "../../core/toxics/types.js";
import { HOP_OPTIONS, HopError, type HopOptions, noOption, setHopOption } from "./hop-options.js";

export const LISTEN_SCHEMES = ["tcp", "tls", "udp", "ws", "wss", "auto", "socks", "connect"] as const;
export const TARGET_SCHEMES = ["tcp", "tls", "udp", "ws", "wss", "auto", "relay", "relays"] as const;
export type ListenScheme = (typeof LISTEN_SCHEMES)[number];
export type TargetScheme = (typeof TARGET_SCHEMES)[number];

/** One side of a hop. */
export interface Place<Scheme extends string> {
	scheme: Scheme;
	/** name or address, IPv6 without brackets */
	host: string;
	/** 0: listening, any free one; of a relay, the one that its clients reach */
	port: number;
}

export type Target = Place<TargetScheme>;

/** Where to listen and where to go from there. */
export interface Hop {
	/** shown in messages and in `flow.hop`; default: the listening side as written */
	name: string;
	listen: Place<ListenScheme>;
	/** undefined: the client says (socks, connect) */
	target: Target | undefined;
	options: HopOptions;
	/** what is done to all octets of its connections, from the beginning on */
	toxics?: readonly ToxicSettings[];
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { ws: 80, wss: 443 };
const OPTION_START = new RegExp(`,(?=(?:${Object.keys(HOP_OPTIONS).join("|")})(?:=|,|$))`);

/**
 * `LISTEN=>TARGET[,OPTION[=VALUE]]...`, for example `tcp://127.0.0.1:5060=>tls://sip.example.com:5061,name=alice,insecure`.
 * IPv6 stands in brackets. No host on the listening side means loopback. `socks` and `connect` have no target.
 *
 * @throws HopError
 */
export function parseHop(text: string): Hop {
	const [way, ...settings] = text.trim().split(OPTION_START);
	const options: HopOptions = {};
	for (const setting of settings) {
		const equals = setting.indexOf("=");
		if (equals < 0) setHopOption(options, setting, undefined);
		else setHopOption(options, setting.slice(0, equals), setting.slice(equals + 1));
	}
	const arrow = way!.indexOf("=>");
	if (arrow < 0) return makeHop(way!, undefined, options);
	return makeHop(way!.slice(0, arrow).trim(), way!.slice(arrow + 2).trim(), options);
}

/** @throws HopError */
export function makeHop(listening: string, targeted: string | undefined, options: HopOptions): Hop {
	const listen = parsePlace(listening, LISTEN_SCHEMES, "listening");
	const chosen = listen.scheme === "socks" || listen.scheme === "connect";
	if (targeted === undefined && !chosen) {
		throw new HopError("a hop is written LISTEN=>TARGET: tcp://127.0.0.1:5060=>tcp://192.0.2.1:5060");
	}
	if (targeted !== undefined && chosen) throw new HopError(`a hop that listens with ${listen.scheme} has no target: the client says`);
	const target = targeted === undefined ? undefined : parsePlace(targeted, TARGET_SCHEMES, "target");
	if (target?.scheme === "auto" && listen.scheme === "udp") throw new HopError("auto is for TCP; a hop from udp needs another target");
	const relay = target !== undefined && isRelay(target.scheme);
	if (relay && listen.scheme === "udp") throw new HopError("a relay is for TCP; a hop from udp needs another target");
	if ((options.user === undefined) !== (options.password === undefined)) throw new HopError("user and password belong together");
	if (options.user !== undefined && !relay) throw new HopError("user and password are asked for by a relay: relay://HOST:PORT");
	if ((options.cert === undefined) !== (options.key === undefined)) throw new HopError("cert and key belong together");
	if ((options["client-cert"] === undefined) !== (options["client-key"] === undefined)) {
		throw new HopError("client-cert and client-key belong together");
	}
	if (options["ask-client"] === "require" && options["client-ca"] === undefined) {
		throw new HopError("ask-client=require needs client-ca: who issues the certificates of clients");
	}
	refuseIdle(listen.scheme, target?.scheme, options);
	return { name: options.name ?? `${listen.scheme}://${hostPort(listen.host, listen.port)}`, listen, target, options };
}

/**
 * Options that could do nothing: whoever writes them expects something that would not happen. `insecure`, `ca` and the other options of
 * TLS with the target are taken everywhere, because they can be meant for all hops.
 *
 * @throws HopError
 */
function refuseIdle(listen: ListenScheme, target: TargetScheme | undefined, options: HopOptions): void {
	const refuse = (keys: readonly (keyof HopOptions)[], why: string): void => {
		for (const key of keys) if (options[key] !== undefined) throw new HopError(`${key} does nothing here: ${why}`);
	};
	if (listen === "udp") refuse(["proxy-in"], "a PROXY protocol header stands before a stream, and this hop listens to UDP");
	else refuse(["idle"], "it is for hops that listen to UDP");
	if (target === "udp") refuse(["proxy-out"], "a PROXY protocol header stands before a stream, and the target is reached over UDP");
	if (listen === "tcp" || listen === "udp" || listen === "ws") {
		refuse(["cert", "key", "ask-client", "client-ca"], `it is for clients that come with TLS, and this hop listens with ${listen}`);
	}
	if (listen !== "auto" && listen !== "socks" && listen !== "connect") {
		refuse(["tls"], "it is for hops that listen with auto, socks or connect");
	}
}

function parsePlace<Scheme extends string>(text: string, schemes: readonly Scheme[], side: "listening" | "target"): Place<Scheme> {
	const parts = /^([a-z0-9]+):\/\/(?:\[([^\]]*)\]|([^:/?#[\]@,\s]*))(?::(\d{1,5}))?\/?$/i.exec(text);
	if (parts === null) {
		const option = /,\s*([a-z-]+)(?:=|,|$)/.exec(text)?.[1];
		if (option !== undefined) throw new HopError(`"${text}": ${noOption(option)}`);
		if (/^wss?:\/\/[^/]+\/./.test(text)) throw new HopError(`"${text}": a path is an option of the hop: path=/chat after a comma`);
	}
	if (parts === null) throw new HopError(`"${text}": the ${side} side is written SCHEME://HOST:PORT, IPv6 in brackets`);
	const scheme = schemes.find((one) => one === parts[1]!.toLowerCase());
	if (scheme === undefined) throw new HopError(`"${text}": the ${side} side can be ${schemes.join(", ")}`);
	const host = parts[2] ?? parts[3]!;
	if (parts[2] !== undefined && isIP(parts[2].replace(/%.*$/, "")) !== 6) {
		throw new HopError(`"${text}": what stands in brackets must be an IPv6 address`);
	}
	if (host === "" && side === "target") throw new HopError(`"${text}": the target needs a host`);
	const port = parts[4] === undefined ? (side === "target" ? DEFAULT_PORTS[scheme] : undefined) : Number(parts[4]);
	if (port === undefined) throw new HopError(`"${text}": the ${side} side needs a port`);
	if (port > 65535) throw new HopError(`"${text}": there is no port ${port}`);
	if (port === 0 && side === "target" && !isRelay(scheme)) throw new HopError(`"${text}": the target needs a port from 1`);
	return { scheme, host: host === "" ? "127.0.0.1" : host, port };
}

export function hostPort(host: string, port: number): string {
	return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The target is an MSRP relay of our own; `relays`: its URIs are msrps. */
export function isRelay(scheme: string): boolean {
	return scheme === "relay" || scheme === "relays";
}

/** The scheme has TLS in it. */
export function secure(scheme: TargetScheme): boolean {
	return scheme === "tls" || scheme === "wss";
}

export function webSocket(scheme: TargetScheme): boolean {
	return scheme === "ws" || scheme === "wss";
}
