import { describe, expect, it } from "vitest";
import { type LiveOptions, runLive } from "./live.js";
import { observe } from "./observe.js";

const BIG = "abcdefgh".repeat(5000);
const MESSAGES = ["REGISTER sip:a\r\n", BIG, "bye"];
const CLIENT = MESSAGES.join("");
const SERVER = CLIENT.toUpperCase();

const SUITES: [string, LiveOptions][] = [
	["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", { version: "TLSv1.2", suite: "ECDHE-ECDSA-AES128-GCM-SHA256", messages: MESSAGES }],
	["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", { version: "TLSv1.2", suite: "ECDHE-ECDSA-AES256-GCM-SHA384", messages: MESSAGES }],
	["TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", { version: "TLSv1.2", suite: "ECDHE-ECDSA-CHACHA20-POLY1305", messages: MESSAGES }],
	[
		"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
		{ version: "TLSv1.2", suite: "ECDHE-RSA-AES128-GCM-SHA256", certificate: "rsa", messages: MESSAGES },
	],
	[
		"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
		{ version: "TLSv1.2", suite: "ECDHE-RSA-AES256-GCM-SHA384", certificate: "rsa", messages: MESSAGES },
	],
	[
		"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
		{ version: "TLSv1.2", suite: "ECDHE-RSA-CHACHA20-POLY1305", certificate: "rsa", messages: MESSAGES },
	],
	["TLS_ECDHE_ECDSA_WITH_AES_128_CCM", { version: "TLSv1.2", suite: "ECDHE-ECDSA-AES128-CCM", messages: MESSAGES }],
	["TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8", { version: "TLSv1.2", suite: "ECDHE-ECDSA-AES256-CCM8:@SECLEVEL=0", messages: MESSAGES }],
	["TLS_RSA_WITH_AES_128_GCM_SHA256", { version: "TLSv1.2", suite: "AES128-GCM-SHA256", certificate: "rsa", messages: MESSAGES }],
	["TLS_AES_128_GCM_SHA256", { version: "TLSv1.3", suite: "TLS_AES_128_GCM_SHA256", messages: MESSAGES }],
	["TLS_AES_256_GCM_SHA384", { version: "TLSv1.3", suite: "TLS_AES_256_GCM_SHA384", messages: MESSAGES }],
	["TLS_CHACHA20_POLY1305_SHA256", { version: "TLSv1.3", suite: "TLS_CHACHA20_POLY1305_SHA256", messages: MESSAGES }],
	["TLS_AES_128_CCM_SHA256", { version: "TLSv1.3", suite: "TLS_AES_128_CCM_SHA256", messages: MESSAGES }],
];

describe("TLS of the runtime, tapped on loopback", () => {
	it.each(SUITES)("%s", async (name, options) => {
		const { runs, keyLog } = await runLive(options);
		for (const piece of [Number.POSITIVE_INFINITY, 1, 1000]) {
			const seen = observe(runs[0]!.segments, keyLog, piece);
			expect(seen.text).toEqual([CLIENT, SERVER]);
			expect(seen.last).toMatchObject({
				version: options.version!.replace("v", " "),
				cipherSuite: name,
				reason: undefined,
				resumed: false,
			});
			expect(seen.ids).toEqual([]);
			expect(seen.gaps).toEqual([]);
			expect(seen.closed.toSorted()).toEqual([0, 1]);
		}
	});

	it.each(["TLSv1.2", "TLSv1.3"] as const)("resumption in %s", async (version) => {
		const { runs, keyLog } = await runLive({ version, connections: 2, messages: MESSAGES });
		expect(runs.map((run) => run.resumed)).toEqual([false, true]);
		for (const run of runs) {
			const seen = observe(run.segments, keyLog);
			expect(seen.text).toEqual([CLIENT, SERVER]);
			expect(seen.last?.resumed).toBe(run.resumed);
			expect(seen.ids).toEqual([]);
		}
	});

	it.each(["TLSv1.2", "TLSv1.3"] as const)("client certificate in %s", async (version) => {
		const { runs, keyLog } = await runLive({ version, clientCertificate: true, messages: MESSAGES });
		const seen = observe(runs[0]!.segments, keyLog);
		expect(seen.text).toEqual([CLIENT, SERVER]);
		expect(seen.ids).toEqual([]);
	});

	it("HelloRetryRequest", async () => {
		const { runs, keyLog } = await runLive({ version: "TLSv1.3", serverCurve: "P-521", messages: MESSAGES });
		const retryRandom = Buffer.from("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c", "hex");
		expect(runs[0]!.segments.findIndex(({ dir, data }) => dir === 1 && data.includes(retryRandom))).toBe(1);
		const seen = observe(runs[0]!.segments, keyLog, 7);
		expect(seen.text).toEqual([CLIENT, SERVER]);
		expect(seen.ids).toEqual([]);
		expect(seen.facts.length).toBe(2);
	});

	it.each(["TLSv1.2", "TLSv1.3"] as const)("server name and ALPN in %s", async (version) => {
		const { runs, keyLog } = await runLive({ version, alpn: ["sip", "msrp"], serverName: "chat.example", messages: ["x"] });
		const seen = observe(runs[0]!.segments, keyLog);
		expect(seen.last).toMatchObject({ serverName: "chat.example", alpnOffered: ["sip", "msrp"], alpnChosen: "sip" });
	});

	it("direction 0 may be the server", async () => {
		const { runs, keyLog } = await runLive({ messages: MESSAGES });
		const swapped = runs[0]!.segments.map(({ dir, data }) => ({ dir: dir === 0 ? (1 as const) : (0 as const), data }));
		expect(observe(swapped, keyLog).text).toEqual([SERVER, CLIENT]);
	});

	it("a suite without AEAD is named and not decrypted", async () => {
		const { runs, keyLog } = await runLive({ version: "TLSv1.2", suite: "ECDHE-ECDSA-AES128-SHA", messages: MESSAGES });
		const seen = observe(runs[0]!.segments, keyLog);
		expect(seen.text).toEqual(["", ""]);
		expect(seen.ids).toEqual(["tls.unsupported-suite"]);
		expect(seen.last?.reason).toBe("TLS 1.2 with TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA cannot be decrypted here");
	});
});
