// npm run bench [-- --quick]: how fast analyze is beside tshark and a bare reading loop, as ratios within one run;
// what rules cost a message, and how the terminal user interface of a busy proxy answers.
// Numbers never fail the run; only something that breaks does.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate } from "./generate.mjs";
import { best } from "./measure.mjs";

const quick = process.argv.includes("--quick");
const cli = fileURLToPath(new URL("../dist/shell/cli/main.js", import.meta.url));
const loop = fileURLToPath(new URL("./read.mjs", import.meta.url));
if (!existsSync(cli)) throw new Error("build first: npm run build");
const hasTshark = spawnSync("tshark", ["--version"]).status === 0;
const folder = mkdtempSync(join(tmpdir(), "mitmsrp-bench-"));
const rows = [];
const figures = [];

function row(name, size, result, messages) {
	rows.push({
		what: name,
		"CPU s": result.cpu.toFixed(2),
		"wall s": result.wall.toFixed(2),
		"MB/s": (size / 1e6 / result.cpu).toFixed(0),
		"messages/s": messages === undefined ? "" : Math.round(messages / result.cpu),
		"peak MB": result.peakMB.toFixed(0),
	});
	return result;
}

function figure(name, target, value, met) {
	figures.push({ figure: name, target, measured: value, met: met ? "yes" : "NO" });
}

/** What the classification adds to the same view without it. */
function judged({ text, unjudged }) {
	figure("analyze / analyze --no-classify, CPU", "<= 1.15", (text.cpu / unjudged.cpu).toFixed(2), text.cpu <= 1.15 * unjudged.cpu);
}

/** The terminal user interface: 100,000 entries in its lists, 5,000 a second through real sockets. */
function screenFigures({ keys, traffic, delay, forwarding, adding, memory }) {
	const ms = (value) => `${value.toFixed(value < 1 ? 3 : 1)} ms`;
	figure("terminal: entries a second meanwhile", ">= 4750", Math.round(traffic.entries), traffic.entries >= 4750);
	figure(`terminal: key to its frame, median of ${keys.count}`, "<= 50 ms", ms(keys.p50), keys.p50 <= 50);
	figure("terminal: key to its frame, 95 %", "<= 50 ms", ms(keys.p95), keys.p95 <= 50);
	figure("terminal: key to its frame, slowest", "<= 100 ms", ms(keys.most), keys.most <= 100);
	figure("terminal: frames a second that traffic asks for", "<= 10", traffic.frames.toFixed(2), traffic.frames <= 10.05);
	figure("terminal: event loop delay, 99 %", "<= 20 ms", ms(delay.p99), delay.p99 <= 20);
	figure("terminal: what forwarding waits to hand an entry over, 99.9 %", "<= 0.5 ms", ms(adding.p999), adding.p999 <= 0.5);
	const added = forwarding.with.p50 - forwarding.without.p50;
	figure("terminal: what it adds to a round trip, median", "<= 5 ms", ms(added), added <= 5);
	const grown = memory.again / memory.full;
	figure("terminal: memory after as many entries again", "<= 1.2", grown.toFixed(2), grown <= 1.2);
}

async function size(megabytes, runs) {
	const file = join(folder, `${megabytes}.pcap`);
	const octets = generate(file, megabytes);
	const summary = JSON.parse(
		execFileSync(process.execPath, [cli, "analyze", "--summary", "--json", file], { encoding: "utf8", maxBuffer: 1 << 28 })
			.trim()
			.split("\n")
			.at(-1),
	);
	const messages = summary.entries ?? summary.messages ?? undefined;
	const node = (...args) => best(runs, process.execPath, args);
	const result = {
		octets,
		read: row(`${megabytes} MB: bare reading loop`, octets, await node(loop, file)),
		summary: row(`${megabytes} MB: analyze --summary`, octets, await node(cli, "analyze", "--summary", file), messages),
		text: row(`${megabytes} MB: analyze`, octets, await node(cli, "analyze", file), messages),
		unjudged: row(`${megabytes} MB: analyze --no-classify`, octets, await node(cli, "analyze", "--no-classify", file), messages),
		json: row(`${megabytes} MB: analyze --json`, octets, await node(cli, "analyze", "--json", file), messages),
	};
	if (hasTshark) {
		result.tshark = row(`${megabytes} MB: tshark -Y msrp`, octets, await best(1, "tshark", ["-r", file, "-Y", "msrp"]), messages);
		if (megabytes <= 100)
			result.tsharkJson = row(
				`${megabytes} MB: tshark -T json`,
				octets,
				await best(1, "tshark", ["-r", file, "-Y", "sip or msrp", "-T", "json"]),
				messages,
			);
	}
	rmSync(file);
	return result;
}

try {
	console.log(
		`${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}${hasTshark ? "" : "; tshark is not installed, so its rows are missing"}`,
	);
	const tokens = JSON.parse(
		execFileSync(process.execPath, [fileURLToPath(new URL("./tokenise.mjs", import.meta.url))], { encoding: "utf8" }),
	);
	figure("SIP tokenising", ">= 400000 a second", tokens.sip, tokens.sip >= 400_000);
	figure("MSRP and CPIM tokenising", ">= 400000 a second", tokens.msrp, tokens.msrp >= 400_000);
	figure("the same, CPIM addresses and URIs taken apart too", "(for comparison)", tokens.parsed, true);
	const rules = JSON.parse(execFileSync(process.execPath, [fileURLToPath(new URL("./rules.mjs", import.meta.url))], { encoding: "utf8" }));
	for (const [message, cost] of Object.entries(rules.messages)) {
		const added = cost.with - cost.without;
		figure(`${rules.rules} rules, what they add to a ${message}`, "<= 0.5 us", `${added.toFixed(2)} us`, added <= 0.5);
	}
	screenFigures(
		JSON.parse(
			execFileSync(process.execPath, ["--expose-gc", fileURLToPath(new URL("./tui.mjs", import.meta.url)), ...(quick ? ["--quick"] : [])], {
				encoding: "utf8",
				stdio: ["ignore", "pipe", "inherit"],
			})
				.trim()
				.split("\n")
				.at(-1),
		),
	);
	const small = await size(10, quick ? 1 : 3);
	const ratio = (a, b) => `${(a / b).toFixed(1)}`;
	if (small.tshark)
		figure(
			"10 MB: wall against tshark -Y msrp",
			"<= 0.6",
			ratio(small.summary.wall, small.tshark.wall),
			small.summary.wall <= 0.6 * small.tshark.wall,
		);
	if (quick) judged(small);
	if (!quick) {
		const middle = await size(100, 2);
		judged(middle);
		const large = await size(1000, 1);
		if (large.tshark) {
			figure(
				"1 GB: tshark -Y msrp / --summary, CPU",
				">= 8",
				ratio(large.tshark.cpu, large.summary.cpu),
				large.tshark.cpu >= 8 * large.summary.cpu,
			);
			figure(
				"100 MB: tshark -T json / --json, CPU",
				">= 20",
				ratio(middle.tsharkJson.cpu, middle.json.cpu),
				middle.tsharkJson.cpu >= 20 * middle.json.cpu,
			);
		}
		figure("1 GB: peak memory", "<= 200 MB", large.summary.peakMB.toFixed(0), large.summary.peakMB <= 200);
		figure(
			"peak of 1 GB / peak of 100 MB",
			"<= 1.5",
			ratio(large.summary.peakMB, middle.summary.peakMB),
			large.summary.peakMB <= 1.5 * middle.summary.peakMB,
		);
		figure(
			"CPU of 1 GB / CPU of 100 MB",
			"<= 11",
			ratio(large.summary.cpu, middle.summary.cpu),
			large.summary.cpu <= 11 * middle.summary.cpu,
		);
		for (const [kind, megabytes] of [
			["one-byte", 50],
			["big-chunk", 100],
			["flows", 100],
			["hostile", 50],
		]) {
			const file = join(folder, `${kind}.pcap`);
			const octets = generate(file, megabytes, kind);
			const result = row(`${kind}, ${megabytes} MB`, octets, await best(1, process.execPath, [cli, "analyze", "--summary", file]));
			rmSync(file);
			const cost = result.cpu / octets / (middle.summary.cpu / middle.octets);
			figure(`${kind}: cost per octet against the usual`, "<= 3", cost.toFixed(2), cost <= 3);
		}
	}
	console.table(rows);
	console.table(figures);
} finally {
	rmSync(folder, { recursive: true, force: true });
}
