"""Emoticons, lower case as the tokeniser gives them, and what they show in words."""

from __future__ import annotations

_SHOWS = {
    "smiling face": ":) :-) :] =) =] :o) (: (-: [: (= :^) :} :c) ^_^ ^^ ^-^ ^.^ ^__^ (^_^) :')",
    "grinning happy face": ":d :-d =d xd x-d 8-d",
    "winking face": ";) ;-) ;] (; (-; ;d ;-d ;-] ;p ;-p",
    "playful face with tongue": ":p :-p =p :b :-b xp",
    "face blowing a kiss": ":* :-* =* ;* :x :-x",
    "sad face": ":( :-( :[ =( =[ ): )-: ]: )= :c :-c :{ ;( ;-( :< :-<",
    "crying face": ":'( :'-( :,( ='( )': t_t t.t ;_; q_q t-t",
    "worried face": ":/ :-/ :\\ :-\\ =/ =\\ /: \\: :s :-s :$ :-$ d:",
    "expressionless face": ":| :-| =| -_- -__- -.- ._. |: =_= u_u",
    "surprised face": ":o :-o =o o_o o.o 0_0 o_0 0_o :0 8-o",
    "angry face": ">:( >:-( >:[ :@ :-@ >=( d:< >_< >.< >:o :# >:/",
    "mischievous face": ">:) >:-) >:d }:) }:-) 3:) 3:-)",
    "cool face with sunglasses": "8-) b-) |-)",
    "cute smiling cat face": ":3 =3 x3 ;3",
    "love heart": "<3 ♡",
    "broken heart": "</3",
    "shrugging": "¯\\_(ツ)_/¯",
    "celebrating": "\\o/",
}

EMOTICONS = {
    emoticon: shown for shown, emoticons in _SHOWS.items() for emoticon in emoticons.split()
}
"""What each emoticon shows, in words; most frequent feeling where it shows more than one."""
