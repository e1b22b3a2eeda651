import { expect, it } from "vitest";
import { Ladder } from "../../src/shell/ui/store/ladder.js";
import { Session, worldOf } from "./helper.js";

it("a ladder takes the rows of its session in slices, and is the same then", async () => {
	const world = await worldOf("captures/sylkserver-conference.pcapng");
	const session = world.store.sessions.get("c1")!;
	const whole = new Ladder(session, true, () => true);
	whole.update(world.store);
	expect(whole.left).toBe(0);

	const sliced = new Ladder(session, true, () => true);
	const total = session.numbers.length;
	sliced.update(world.store, (rows) => rows > 10);
	expect(sliced.left).toBe(total - 10);
	while (sliced.left > 0) sliced.update(world.store, (rows) => rows > 7);
	expect(sliced.arrows).toEqual(whole.arrows);
	expect(sliced.lanes).toEqual(whole.lanes);
});

it("what is left of a ladder is work to be done", async () => {
	const world = await worldOf("captures/sylkserver-conference.pcapng");
	const user = new Session(world).keys("enter");
	expect(user.text).toContain("c1 group chat");
	expect(world.busy).toBe(false);
});
