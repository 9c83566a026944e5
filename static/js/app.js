// What every signed-in page does: tick its clocks, follow the live stream, send acts without leaving.

import "./menu.js";
import { applyJob, listenForActs } from "./job-row.js";
import { applyGap, applyList, applyPart, applyPoll, startJobs } from "./jobs-page.js";
import { noticeQueue, startEstimates } from "./estimates.js";
import { startKeys } from "./keys.js";
import { connect, onMessage } from "./live.js";
import { applyLog } from "./log-view.js";
import { startModelPickers } from "./model-picker.js";
import { applyPanel, noticeNew, refreshSlots, startSlots } from "./slot.js";
import { startClock } from "./time.js";

const HANDLERS = {
  job: [applyJob],
  log: [applyLog],
  panel: [applyPanel],
  stage: [applyPart],
  attempt: [applyPart],
  art: [applyPart],
  list: [applyList, noticeNew, noticeQueue],
  gap: [applyGap, refreshSlots],
  poll: [applyPoll, noticeQueue],
};

startClock();
listenForActs();
startSlots();
startJobs();
startEstimates();
startKeys();
startModelPickers();
onMessage((message) => HANDLERS[message.k]?.forEach((apply) => apply(message)));
connect();
