import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { createRecording } from "../../src/shell/proxy/recording.js";
import { client, OPTIONS_REQUEST, peer, proxyFor, readAll, until } from "../proxy/peers.js";
import { analyze, readFile, shape } from "./files.js";

const folder = mkdtempSync(join(tmpdir(), "mitmsrp-proxy-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("what passes a proxy on real sockets reads back as the entries of the live run, on both legs", async () => {
	const file = join(folder, "live.pcapng");
	const recording = await createRecording({ file });
	const echo = await peer((socket) => void socket.pipe(socket));
	const proxy = await proxyFor({
		hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${echo.port}`],
		classify: {},
		tap: (open) => recording.tap(open),
	});
	const entries: Record<string, unknown>[] = [];
	proxy.on("entry", (entry) => {
		recording.entry(entry);
		entries.push(shape(entry));
	});
	const socket = await client(proxy.hops[0]!.port);
	socket.write(OPTIONS_REQUEST);
	socket.end(OPTIONS_REQUEST.replace("1 OPTIONS", "2 OPTIONS"));
	await readAll(socket);
	await until(() => proxy.connections === 0);
	await proxy.close();
	const { lost } = await recording.close();
	expect(lost).toBe(0);
	expect(entries.length).toBe(8);
	expect(new Set(entries.map(({ leg }) => leg))).toEqual(new Set(["client", "server"]));
	expect(analyze(readFileSync(file))).toEqual(entries);
	const { info } = readFile(readFileSync(file));
	expect(info.interfaces.map(({ name }) => name)).toEqual(["mitmsrp client leg", "mitmsrp server leg"]);
});
