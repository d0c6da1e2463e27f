package sluice.proxy.session;

import sluice.proxy.declaration.CustomJobJudge;
import sluice.proxy.route.Numbering;

/**
 * What it takes to let clients mine jobs of their own making.
 *
 * @param numbering gives those jobs their ids
 */
public record CustomWork(CustomJobJudge judge, Numbering numbering) {}
