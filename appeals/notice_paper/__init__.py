"""A notice as a paper: a tagged PDF in each language, with the words of the frozen notice.

    sheet      what one paper says and where, from the notice's content by a small table
    words      the fixed words around it, in both languages
    printing   sets it, and holds the result against the content, word for word
    store      where the files lie, in the storage `notices`
    making     the work list: what is due, who has it, what came of it
    verifying  whether every notice and every paper still is what it was

The paper is set from the notice alone (and who the lender is): nothing on it can change later.
"""
