function r(s){let n=s;return n?.parsed===void 0?void 0:n}var e='\\"',i=`${e}buffers${e}`,t="(buffers)",o=`${e}${t}${e}`;export{r as a};
