/** Who may connect: how many, how fast, from where, and who is banned. */
package sluice.proxy.admission;
