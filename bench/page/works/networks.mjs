// Answers, maps and photographs in an engine that is loaded once.

import { newContext, openContestant, startBrowser } from "./browser.mjs";

export async function networks(request, side, engine) {
  const session = await startBrowser();
  const context = await newContext(session);
  const { page, ready, answer } = await openContestant(context, request, side, engine);
  return {
    ready,
    answer,
    run: (times) => page.evaluate((times) => contestant.run(times), times),
    close: session.close,
  };
}
