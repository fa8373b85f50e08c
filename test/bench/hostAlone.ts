// The bench's program for the host's figures, as a test can start it: a process of its own, since a process has one Dawn.
import "../../bench/hostAlone";
