import { describe, expect, test } from "vitest";
import { ConfigError, parseConfig } from "../../src/shell/proxy/config.js";
import { parseHop } from "../../src/shell/proxy/hop.js";

describe("hop", () => {
	test("schemes, IPv6, default host and ports, options", () => {
		expect(parseHop("tcp://127.0.0.1:5060=>tcp://192.0.2.1:5060")).toEqual({
			name: "tcp://127.0.0.1:5060",
			listen: { scheme: "tcp", host: "127.0.0.1", port: 5060 },
			target: { scheme: "tcp", host: "192.0.2.1", port: 5060 },
			options: {},
		});
		expect(
			parseHop(" TLS://[::1]:0 => wss://chat.example.com , ".replace(" , ", ",name=a,insecure,alpn=sip+msrp,path=/a,b=c")),
		).toMatchObject({
			name: "a",
			listen: { scheme: "tls", host: "::1", port: 0 },
			target: { scheme: "wss", host: "chat.example.com", port: 443 },
			options: { name: "a", insecure: true, alpn: ["sip", "msrp"], path: "/a,b=c" },
		});
		expect(parseHop("socks://:1080")).toMatchObject({ listen: { host: "127.0.0.1", port: 1080 }, target: undefined });
	});

	test.each([
		["tcp://127.0.0.1:1", "a hop is written LISTEN=>TARGET"],
		["127.0.0.1:1=>tcp://a:1", '"127.0.0.1:1": the listening side is written SCHEME://HOST:PORT'],
		["http://a:1=>tcp://a:1", '"http://a:1": the listening side can be tcp, tls, udp, ws, wss, auto, socks, connect'],
		["tcp://a:1=>socks://a:1", '"socks://a:1": the target side can be tcp, tls, udp, ws, wss, auto'],
		["tcp://a:1=>tcp://a", '"tcp://a": the target side needs a port'],
		["tcp://a:1=>tcp://a:0", '"tcp://a:0": the target needs a port from 1'],
		["tcp://a:70000=>tcp://a:1", '"tcp://a:70000": there is no port 70000'],
		["tcp://[a]:1=>tcp://a:1", '"tcp://[a]:1": what stands in brackets must be an IPv6 address'],
		["tcp://a:1=>tcp://:1", '"tcp://:1": the target needs a host'],
		["socks://a:1=>tcp://a:1", "a hop that listens with socks has no target: the client says"],
		["udp://a:1=>auto://a:1", "auto is for TCP"],
		["tls://a:1=>tcp://a:1,cert=x", "cert and key belong together"],
		["tls://a:1=>tcp://a:1,ask-client=require", "ask-client=require needs client-ca"],
		["tls://a:1=>tcp://a:1,ask-client=maybe", "ask-client is ask or require"],
		["udp://a:1=>udp://a:1,idle=0", "idle is a whole number of seconds from 1"],
		["ws://a:1=>tcp://a:1,insecure=perhaps", "insecure is true or false"],
		["tcp://a:1=>tcp://a:1,namee=x", '"tcp://a:1,namee=x": a hop has no option namee; it has name, insecure,'],
		["tcp://a:1=>tcp://a:1, insecure", '"tcp://a:1, insecure": there is white space before the option insecure'],
		["ws://a:1=>ws://a:1/chat", '"ws://a:1/chat": a path is an option of the hop: path=/chat after a comma'],
		["udp://a:1=>udp://a:1,proxy-in", "proxy-in does nothing here: a PROXY protocol header stands before a stream"],
		["tcp://a:1=>udp://a:1,proxy-out=v2", "proxy-out does nothing here: a PROXY protocol header stands before a stream"],
		["tcp://a:1=>udp://a:1,idle=5", "idle does nothing here: it is for hops that listen to UDP"],
		["ws://a:1=>tls://a:1,cert=c,key=k", "cert does nothing here: it is for clients that come with TLS, and this hop listens with ws"],
		["tcp://a:1=>tls://a:1,ask-client=ask", "ask-client does nothing here: it is for clients that come with TLS"],
		["tls://a:1=>tls://a:1,tls=pass", "tls does nothing here: it is for hops that listen with auto, socks or connect"],
		["tcp://a:1=>ws://a:1,path=x y", "path begins with / and has no white space"],
	])("%s", (text, message) => {
		expect(() => parseHop(text)).toThrow(message);
	});
});

describe("configuration file", () => {
	const parse = (text: string) => parseConfig(text, "proxy.yaml", (path) => `/etc/${path}`);

	test("named hops with their options", () => {
		const text = [
			"hops:",
			"  alice:",
			"    listen: tls://127.0.0.1:5061",
			"    target: tls://sip.example.com:5061",
			"    cert: c.pem",
			"    key: k.pem",
			"    insecure: true",
			"    alpn: [sip, msrp]",
			"  any:",
			"    listen: socks://127.0.0.1:1080",
			"connect-timeout: 3",
		].join("\n");
		expect(parse(text)).toEqual({
			hops: [
				{
					name: "alice",
					listen: { scheme: "tls", host: "127.0.0.1", port: 5061 },
					target: { scheme: "tls", host: "sip.example.com", port: 5061 },
					options: { name: "alice", cert: "/etc/c.pem", key: "/etc/k.pem", insecure: true, alpn: ["sip", "msrp"] },
				},
				{ name: "any", listen: { scheme: "socks", host: "127.0.0.1", port: 1080 }, target: undefined, options: { name: "any" } },
			],
			connectTimeout: 3,
		});
	});

	test("every error at once, each with its place", () => {
		const text = [
			"hop: 1",
			"hops:",
			"  a:",
			"    listen: tcp://127.0.0.1:1",
			"    target: tcp://127.0.0.1",
			"    insecure: perhaps",
			"  b: 3",
			"  c:",
			"    target: tcp://127.0.0.1:9",
			"  d:",
			"    listne: tcp://127.0.0.1:9",
			"drain: soon",
		].join("\n");
		let message = "";
		try {
			parse(text);
		} catch (error) {
			expect(error).toBeInstanceOf(ConfigError);
			message = (error as Error).message;
		}
		expect(message.split("\n").map((line) => line.slice(0, 55))).toEqual([
			"proxy.yaml:1:1: there is no such key; there is hops, co",
			"proxy.yaml:6:15: insecure is true or false",
			'proxy.yaml:5:13: "tcp://127.0.0.1": the target side nee',
			"proxy.yaml:7:6: a hop is a mapping with listen and targ",
			"proxy.yaml:8:3: hop c does not say where to listen",
			"proxy.yaml:11:5: a hop has no such key; it has listen, ",
			"proxy.yaml:12:8: drain is a whole number of seconds fro",
		]);
	});

	test("toxics of a hop, as toxiproxy's API takes them", () => {
		const of = (toxics: string): string =>
			`hops:\n  a:\n    listen: tcp://127.0.0.1:1\n    target: tcp://127.0.0.1:9\n    toxics: ${toxics}\n`;
		expect(
			parse(of("[{type: latency, attributes: {latency: 200}}, {name: x, type: down, stream: upstream, toxicity: 0.5}]")).hops[0]!.toxics,
		).toEqual([
			{ name: "latency_downstream", type: "latency", stream: "downstream", toxicity: 1, attributes: { latency: 200, jitter: 0 } },
			{ name: "x", type: "down", stream: "upstream", toxicity: 0.5, attributes: {} },
		]);
		for (const [toxics, message] of [
			["latency", "proxy.yaml:5:13: toxics is a list of toxics"],
			["[latency]", "proxy.yaml:5:14: a toxic is a mapping with type and attributes"],
			["[{type: late}]", "proxy.yaml:5:14: the type of a toxic is one of latency, down, bandwidth"],
			["[{type: latency, latency: 3}]", "a toxic has no key latency; it has name, type, stream"],
			["[{type: latency, attributes: {rate: 3}}]", "latency has no attribute rate; it has latency, jitter"],
			["[{type: latency, attributes: 3}]", "an object is expected"],
			["[{type: latency, stream: x}]", "stream was invalid"],
			["[{type: down}, {type: down}]", "proxy.yaml:5:28: there is a toxic down_downstream already"],
		] as const)
			expect(() => parse(of(toxics))).toThrow(message);
	});

	test.each([
		["", "proxy.yaml:1:1: a mapping with hops is expected here"],
		["hops: {}", "proxy.yaml:1:1: there are no hops"],
		["hops: {a: [", "proxy.yaml:1:"],
		["- a", "proxy.yaml:1:1: a mapping with hops is expected here"],
	])("%j", (text, message) => {
		expect(() => parse(text)).toThrow(message);
	});
});
