// Package trial measures the detectors of [tonewatch/monitor]: against simulated
// news in which it is known what happens, beside the detectors that others run,
// and on two public sets of marked series. It holds tests and benchmarks only;
// README.md beside it gives the command and the figures.
package trial
