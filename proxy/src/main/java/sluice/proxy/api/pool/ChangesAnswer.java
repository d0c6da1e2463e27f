package sluice.proxy.api.pool;

import java.util.List;

/** @param changes the latest first */
record ChangesAnswer(List<ChangeStory> changes) {}
